package io.chagres.compare;

import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The elements that a command line names. */
final class Choice {

    private Choice() {}

    /** Returns the elements with one of these names. If no element has a name, the elements whose names begin with it. */
    static <T> List<T> of(CommandSpec spec, String what, List<String> names, List<T> all, Function<T, String> name) {
        for (String wanted : names) {
            if (all.stream().noneMatch(one -> name.apply(one).startsWith(wanted))) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "no " + what + " is called " + wanted + ": see --list");
            }
        }
        return all.stream()
                .filter(one -> names.stream()
                        .anyMatch(wanted -> all.stream().map(name).anyMatch(wanted::equals)
                                ? name.apply(one).equals(wanted)
                                : name.apply(one).startsWith(wanted)))
                .toList();
    }
}
