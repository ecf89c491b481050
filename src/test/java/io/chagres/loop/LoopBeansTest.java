package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Waits;
import io.chagres.handle.Timer;
import java.lang.management.ManagementFactory;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class LoopBeansTest {

    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

    private static Object read(String name, String attribute) {
        try {
            return SERVER.getAttribute(new ObjectName(name), attribute);
        } catch (JMException wrong) {
            throw new AssertionError(wrong);
        }
    }

    private static boolean isRegistered(String name) throws JMException {
        return SERVER.isRegistered(new ObjectName(name));
    }

    @Test
    void theBeanHasTheNumbersOfTheLoop(Loop loop, ManualClock clock) throws JMException {
        String name = LoopBeans.register(loop);
        Timer.after(loop, 3000, () -> clock.advanceMillis(1000));
        assertEquals(1, read(name, "Timers"));
        assertEquals(1, read(name, "Reasons"));
        loop.execute(() -> {});
        assertEquals(1, read(name, "WaitingTasks"));
        loop.run();
        assertEquals(1.0, (double) read(name, "ActiveSeconds"), 0.001);
        assertEquals(3.0, (double) read(name, "IdleSeconds"), 0.001);
        assertEquals(0.25, (double) read(name, "Utilization"), 0.001);
        assertEquals(0.0, read(name, "BusySeconds"));
        assertEquals(loop.metrics().iterations(), read(name, "Iterations"));
        assertEquals(loop.metrics().callbacks(), read(name, "Callbacks"));
        assertEquals(1L, read(name, "Events"));
        assertEquals(1L, read(name, "EventsWaiting"));
        assertEquals(loop.toString(), read(name, "State"));
        Object dump = SERVER.invoke(new ObjectName(name), "dump", new Object[0], new String[0]);
        assertEquals(loop.dump(), dump);
    }

    @Test
    void theDelayIsRecordedWhileItIsAskedFor(Loop loop, ManualClock clock) throws JMException {
        ObjectName name = new ObjectName(LoopBeans.register(loop));
        SERVER.setAttribute(name, new Attribute("DelayMonitored", true));
        loop.run(); // the loop begins the recording
        Timer.after(loop, 10, () -> clock.advanceMillis(2000));
        loop.run();
        assertEquals(2.0, (double) SERVER.getAttribute(name, "DelayMaxSeconds"), 0.001);
        assertEquals(2.0, (double) SERVER.getAttribute(name, "DelayP99Seconds"), 0.001);
        SERVER.invoke(name, "resetDelay", new Object[0], new String[0]);
        assertEquals(0L, SERVER.getAttribute(name, "DelayCount"));
        SERVER.setAttribute(name, new Attribute("DelayMonitored", false));
        Timer.after(loop, 10, () -> clock.advanceMillis(2000));
        loop.run();
        assertEquals(0L, SERVER.getAttribute(name, "DelayCount"));
        assertEquals(false, SERVER.getAttribute(name, "DelayMonitored"));
    }

    @Test
    void loopsOfThreadsOfOneNameHaveDifferentNames() throws JMException {
        String first;
        String second;
        String[] names = new String[2];
        try (LoopThread one = Loop.start("same", loop -> names[0] = LoopBeans.register(loop));
                LoopThread two = Loop.start("same", loop -> names[1] = LoopBeans.register(loop))) {
            first = names[0];
            second = names[1];
            assertEquals("io.chagres:type=Loop,name=same", first);
            assertEquals("io.chagres:type=Loop,name=same-2", second);
            assertTrue(isRegistered(first) && isRegistered(second));
        }
        assertFalse(isRegistered(first), "a closed loop has no bean");
        assertFalse(isRegistered(second), "a closed loop has no bean");
    }

    @Test
    void aThreadNameWithSignsOfItsOwnIsQuoted() {
        String[] names = new String[2];
        try (LoopThread thread = Loop.start("io, port=80: \"*\"", loop -> {
            names[0] = LoopBeans.register(loop);
            names[1] = LoopBeans.register(loop);
        })) {
            assertTrue(thread.loop().metrics().iterations() >= 0);
            assertEquals("io.chagres:type=Loop,name=\"io, port=80: \\\"\\*\\\"\"", names[0]);
            assertEquals(names[0], names[1], "once for a loop");
        }
    }

    @Test
    void aStuckLoopIsBusyForLong() throws InterruptedException {
        String[] name = new String[1];
        try (LoopThread thread = Loop.start("busy", loop -> name[0] = LoopBeans.register(loop))) {
            Waits.until("it sleeps", () -> read(name[0], "BusySeconds").equals(0.0));
            boolean[] seen = new boolean[1];
            thread.execute(() -> {
                long end = System.nanoTime() + 5_000_000;
                while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
                seen[0] = (double) read(name[0], "BusySeconds") >= 0.005;
            });
            thread.drain();
            assertTrue(seen[0]);
        }
    }

    /** A program that runs a loop and prints what the MBean server has, if there is one. */
    static final class Program {
        public static void main(String[] args) {
            try (Loop loop = new Loop()) {
                Timer.after(loop, 1, () -> {});
                loop.run();
                if (args.length > 0) {
                    System.out.println(assertThrows(loop));
                }
            }
            System.out.println("fine");
        }

        private static String assertThrows(Loop loop) {
            try {
                return "registered " + LoopBeans.register(loop);
            } catch (UsageException refused) {
                return refused.code();
            }
        }
    }

    @Test
    @Tag("host")
    void aProgramThatDoesNotAskForBeansLoadsNoClassOfManagement() throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(Program.class, "-Xlog:class+load");
        assertTrue(outcome.output().contains("fine"), outcome::output);
        assertEquals(
                "",
                outcome.output()
                        .lines()
                        .filter(line -> line.contains("management"))
                        .findAny()
                        .orElse(""));
    }

    @Test
    @Tag("host")
    void anImageWithoutManagementWorksAndRefusesBeans() throws Exception {
        var command =
                ForkedJvm.command(Program.class, "--limit-modules", "java.base,jdk.unsupported", "-Dchagres.jmx=true");
        command.add("register");
        ForkedJvm.Outcome outcome = ForkedJvm.run(command);
        assertEquals("ERR_UNAVAILABLE\nfine", outcome.output().strip());
    }

    @Test
    @Tag("host")
    void thePropertyRegistersEachLoop() throws Exception {
        var command = ForkedJvm.command(Program.class, "-Dchagres.jmx=true");
        command.add("register");
        ForkedJvm.Outcome outcome = ForkedJvm.run(command);
        assertEquals(
                "registered io.chagres:type=Loop,name=main\nfine",
                outcome.output().strip());
    }

    @Test
    void aLoopThatIsNullIsRefused() {
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> LoopBeans.register(null))
                        .code());
    }
}
