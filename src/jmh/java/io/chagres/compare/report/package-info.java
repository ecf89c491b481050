/** The results: the raw rounds, their medians as a table and as ratios to C, a JSON file of all that, and pictures. */
package io.chagres.compare.report;
