/**
 * Races that take a whole loop, run again and again for some seconds each: {@link io.chagres.stress.Races}. The races of two
 * steps within one class are jcstress tests and are in the package of that class.
 */
package io.chagres.stress;
