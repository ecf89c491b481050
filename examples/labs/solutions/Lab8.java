import io.chagres.handle.Async;
import io.chagres.loop.Loop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lab 8: a lost wake-up. Other threads hand jobs over to a loop. A flag says that the loop is about to run them, so that a thread wakes the loop
 * only if this is necessary. Once in a million times a job stays in the queue, and the loop sleeps.
 *
 * <p>Your turn: find the moment between two lines of {@link #runJobs} at which another thread must not arrive, and mend the hand-over. To
 * learn: a flag is cleared before the state that it stands for is looked at, never after.
 *
 * <p>The page is docs/course/03-loop.md, the hint is in docs/course/labs.md. Check it: {@code make lab N=8}. The check makes the other thread
 * arrive at each of the moments.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/labs/Lab8.java</pre>
 */
public class Lab8 implements Executor, AutoCloseable {

    private final Queue<Runnable> jobs;
    private final AtomicBoolean isAwake = new AtomicBoolean();
    private final Async wakeUp;

    /** Makes an executor on {@code loop} that keeps its jobs in {@code jobs}. */
    public Lab8(Loop loop, Queue<Runnable> jobs) {
        this.jobs = jobs;
        this.wakeUp = new Async(loop, this::runJobs);
    }

    public static void main(String[] args) throws InterruptedException {
        try (Loop loop = new Loop()) {
            Lab8 lab = new Lab8(loop, new ConcurrentLinkedQueue<>());
            Thread other = Thread.ofPlatform().start(() -> {
                for (int job = 1; job <= 1_000_000; job++) {
                    lab.execute(job == 1_000_000 ? lab::close : () -> {});
                }
            });
            loop.run();
            other.join();
            System.out.println("all jobs have run");
        }
    }

    /** Makes {@code job} run on the loop; any thread. */
    @Override
    public void execute(Runnable job) {
        jobs.add(job);
        if (!isAwake.getAndSet(true)) {
            wakeUp.send();
        }
    }

    private void runJobs() {
        isAwake.set(false);
        for (Runnable job = jobs.poll(); job != null; job = jobs.poll()) {
            job.run();
        }
    }

    /** Lets the loop end; the thread of the loop. */
    @Override
    public void close() {
        wakeUp.close();
    }
}
