/**
 * The house rules, checked: which floor may know which ({@link io.chagres.house.ArchitectureTest}), what a source file may
 * look like ({@link io.chagres.house.SourceTreeTest}), and that the code people read first, in the README and in examples/,
 * compiles.
 */
package io.chagres.house;
