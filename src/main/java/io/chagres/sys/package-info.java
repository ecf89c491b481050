/** The kernel, word for word. */
package io.chagres.sys;
