/**
 * The rules of the house, checked by tests.
 *
 * <ul>
 * <li>{@link io.chagres.house.ArchitectureTest}: the floors, and the classes that may use certain types.
 * <li>{@link io.chagres.house.SourceTreeTest}: the form of a source file.
 * <li>{@link io.chagres.house.EnglishTest}: the words of prose and names.
 * <li>{@link io.chagres.house.ReadmeCodeTest}, {@link io.chagres.house.ExamplesCompileTest}: the code that people
 *     read first compiles.
 * </ul>
 */
package io.chagres.house;
