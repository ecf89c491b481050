package io.chagres.faults;

import io.chagres.fixture.OpenDescriptors;
import java.io.FileInputStream;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lets every step of every exercise fail with an Error, one after the other, in this JVM.
 *
 * <p>It prints a line for each exercise: its name, a tab, the number of its steps, a tab, and "fine" or the
 * complaints. With an argument it runs only the exercises whose name begins with it.
 */
public final class ErrorRun {

    static final String FINE = "fine";

    private static final int WARM_UPS = 3;
    /** The number of descriptors after which the next one is beyond the table of watchers. */
    private static final int LOW_NUMBERS = 70;
    /** Unreached steps in a row: the number of steps differs a little with the order in which threads reach them. */
    private static final int ROUNDS_WITHOUT_A_STRIKE = 3;

    private ErrorRun() {}

    public static void main(String[] arguments) throws Exception {
        System.setProperty("io.chagres.lookups.queue", "1"); // so that some of the lookups are refused
        ClassLoader loader = new PointedLoader(
                Set.of(Points.class.getName(), PointedLoader.class.getName(), OpenDescriptors.class.getName()));
        Method inside = loader.loadClass(ErrorRun.class.getName()).getDeclaredMethod("inside", String.class);
        inside.invoke(null, arguments.length == 0 ? "" : arguments[0]);
        System.exit(0);
    }

    /** The work of the class of the same name that the loader has made. */
    public static void inside(String prefix) throws Exception {
        List<InputStream> lowNumbers = new ArrayList<>();
        for (int i = 0; i < LOW_NUMBERS; i++) {
            lowNumbers.add(new FileInputStream("/dev/null"));
        }
        for (Map.Entry<String, ErrorWorld.Exercise> exercise :
                ErrorExercises.all().entrySet()) {
            if (exercise.getKey().startsWith(prefix)) {
                List<String> wrong = new ArrayList<>();
                int steps = fail(exercise.getValue(), wrong);
                System.out.println(
                        exercise.getKey() + "\t" + steps + "\t" + (wrong.isEmpty() ? FINE : String.join("; ", wrong)));
            }
        }
        for (InputStream held : lowNumbers) {
            held.close();
        }
    }

    private static int fail(ErrorWorld.Exercise exercise, List<String> wrong) throws Exception {
        for (int i = 0; i < WARM_UPS; i++) {
            tryOnce(exercise, Integer.MAX_VALUE, wrong);
        }
        int missed = 0;
        int step = 0;
        while (missed < ROUNDS_WITHOUT_A_STRIKE && wrong.size() < 20) {
            missed = tryOnce(exercise, step + 1, wrong) ? 0 : missed + 1;
            step++;
        }
        return step - missed;
    }

    private static boolean tryOnce(ErrorWorld.Exercise exercise, int step, List<String> wrong) throws Exception {
        OpenDescriptors before = OpenDescriptors.now();
        ErrorWorld world = new ErrorWorld();
        Points.arm(step);
        exercise.begin(world);
        String struck = Points.disarm();
        String place = struck == null ? "without an Error" : struck;
        world.complaints().forEach(complaint -> wrong.add(place + ": " + complaint));
        Map<String, String> left = OpenDescriptors.now().since(before);
        if (!left.isEmpty()) {
            wrong.add(place + ": descriptors left open " + left);
        }
        return struck != null;
    }
}
