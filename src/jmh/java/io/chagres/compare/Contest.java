package io.chagres.compare;

import static java.util.stream.Collectors.toMap;

import io.chagres.compare.report.Absence;
import io.chagres.compare.report.Round;
import io.chagres.compare.report.Standing;
import io.chagres.compare.report.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Drives the loads one after the other, and in each load the contestants in turns. A contestant that fails takes no
 * further part in that load.
 */
final class Contest {

    private final List<Contestant> contestants;
    private final Setting setting;
    private final int rounds;
    private final boolean fresh;
    private final List<Standing> standings = new ArrayList<>();
    private final List<Absence> absences = new ArrayList<>();
    private final List<Round> raw = new ArrayList<>();

    /** @param fresh true if each load gets new servers, which earlier loads have not influenced */
    Contest(List<Contestant> contestants, Setting setting, int rounds, boolean fresh) {
        this.contestants = new ArrayList<>(contestants);
        this.setting = setting;
        this.rounds = rounds;
        this.fresh = fresh;
    }

    /** Runs the loads. {@code afterEach} runs after each of them, to save the results so far. */
    void run(List<Load> loads, Runnable afterEach) {
        for (Contestant contestant : contestants) {
            if (contestant.missing() != null) {
                report(new Absence(null, contestant.name(), contestant.missing()));
            }
        }
        contestants.removeIf(contestant -> contestant.missing() != null);
        for (Load load : loads) {
            run(load);
            afterEach.run();
        }
    }

    private void run(Load load) {
        List<Contestant> present = new ArrayList<>(
                contestants.stream().filter(one -> one.knows(load.mode())).toList());
        if (present.isEmpty()) {
            return;
        }
        if (load.missing() != null) {
            report(new Absence(load.name(), null, load.missing()));
            return;
        }
        List<Round> own = measure(load, present);
        raw.addAll(own);
        if (!own.isEmpty()) {
            Standing standing = Standing.of(load.name(), load.says(), load.metrics(), own, alone());
            standings.add(standing);
            System.out.println(Table.of(standing));
        }
        if (fresh) {
            setting.servers().close();
        }
    }

    private List<Round> measure(Load load, List<Contestant> present) {
        Map<Contestant, Trial> trials = new HashMap<>();
        try {
            present.removeIf(one -> fails(load, one, () -> trials.put(one, load.prepare(one, setting))));
            return measure(load, present, trials);
        } finally {
            trials.forEach((one, trial) -> fails(load, one, trial::close));
        }
    }

    private List<Round> measure(Load load, List<Contestant> present, Map<Contestant, Trial> trials) {
        List<Round> own = new ArrayList<>();
        int wanted = load.rounds(rounds);
        for (int i = 1; i <= wanted; i++) {
            int number = i;
            present.removeIf(one -> fails(load, one, () -> {
                Trial.Outcome outcome = trials.get(one).measure();
                own.add(new Round(load.name(), one.name(), number, outcome.figures(), outcome.disturbance()));
            }));
            Collections.rotate(present, 1); // the order must not matter
        }
        present.sort(Comparator.comparing(contestants::indexOf));
        present.removeIf(one -> fails(
                load,
                one,
                () -> own.add(new Round(
                        load.name(), one.name(), wanted + 1, trials.get(one).afterwards(), null))));
        own.sort(Comparator.comparing(round -> names().indexOf(round.server())));
        return own;
    }

    private Map<String, String> alone() {
        return contestants.stream().collect(toMap(Contestant::name, Contestant::alone));
    }

    private List<String> names() {
        return contestants.stream().map(Contestant::name).toList();
    }

    private interface Step {
        void run() throws IOException;
    }

    private boolean fails(Load load, Contestant contestant, Step step) {
        try {
            step.run();
            return false;
        } catch (IOException | RuntimeException failure) {
            String why = failure.getMessage() == null ? failure.toString() : failure.getMessage();
            String lastWords = setting.servers().drop(contestant, load.mode());
            report(new Absence(
                    load.name(), contestant.name(), lastWords == null ? why : why + "; it has ended: " + lastWords));
            return true;
        }
    }

    private void report(Absence absence) {
        absences.add(absence);
        System.out.println("not measured: " + absence + '\n');
    }

    List<Standing> standings() {
        return standings;
    }

    List<Absence> absences() {
        return absences;
    }

    List<Round> rounds() {
        return raw;
    }
}
