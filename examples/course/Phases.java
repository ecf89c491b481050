import io.chagres.handle.Check;
import io.chagres.handle.Idle;
import io.chagres.handle.Prepare;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;

/** One callback in each phase of an iteration, and the ticks between them. */
public class Phases {

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            Timer.after(loop, 0, () -> System.out.println("timer, before the first iteration"));
            Idle idle = new Idle(loop);
            Prepare prepare = new Prepare(loop);
            Check check = new Check(loop);
            idle.start(() -> {
                System.out.println("idle");
                loop.nextTick(() -> System.out.println("tick, right after the callback"));
            });
            prepare.start(() -> System.out.println("prepare"));
            loop.execute(() -> System.out.println("task of another thread, in the poll phase"));
            check.start(() -> {
                System.out.println("check");
                Timer.after(loop, 0, () -> System.out.println("timer, at the end of the iteration"));
                idle.close();
                prepare.close();
                check.onClose(() -> System.out.println("close callback"));
                check.close();
            });
            loop.run();
        }
    }
}
