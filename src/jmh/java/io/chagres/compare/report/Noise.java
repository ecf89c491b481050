package io.chagres.compare.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The reasons why a figure is doubtful. */
public final class Noise {

    private static final double MUCH_SPREAD = 0.10;
    private static final double MUCH_STEAL = 0.02;
    private static final double MUCH_ELSE = 0.10;

    private Noise() {}

    /**
     * Returns the reasons in words, those which matter.
     *
     * @param spread the width of the middle half of the figures, in parts of the median
     * @param steal the time of the hypervisor, as a share of the time of one core
     * @param others the time of other programs, likewise
     */
    public static List<String> of(double spread, double steal, double others) {
        List<String> noise = new ArrayList<>();
        note(noise, "spread", spread, MUCH_SPREAD);
        note(noise, "steal", steal, MUCH_STEAL);
        note(noise, "others", others, MUCH_ELSE);
        return noise;
    }

    private static void note(List<String> noise, String what, double share, double much) {
        if (share > much) {
            noise.add(String.format(Locale.ROOT, "%s %.0f %%", what, share * 100));
        }
    }
}
