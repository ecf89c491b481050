package io.chagres.loop.internal;

import static io.chagres.loop.internal.Mailbox.Posted.MUST_WAKE;
import static io.chagres.loop.internal.Mailbox.Posted.QUEUED;
import static io.chagres.loop.internal.Mailbox.Posted.REFUSED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class MailboxTest {

    private final Mailbox mailbox = new Mailbox();
    private final Letter one = new Letter("one");
    private final Letter two = new Letter("two");
    private final Letter three = new Letter("three");

    private static final class Letter extends Task {
        private final String text;

        Letter(String text) {
            this.text = text;
        }

        @Override
        protected void run() {}
    }

    private static List<String> read(Task first) {
        List<String> texts = new ArrayList<>();
        for (Task task = first; task != null; task = task.next) {
            texts.add(((Letter) task).text);
        }
        return texts;
    }

    @Test
    void tasksAreTakenOldestFirst() {
        mailbox.post(one);
        mailbox.post(two);
        mailbox.post(three);
        assertFalse(mailbox.isEmpty());
        assertEquals(List.of("one", "two", "three"), read(mailbox.takeAll()));
        assertTrue(mailbox.isEmpty());
        assertNull(mailbox.takeAll());
    }

    @Test
    void onlyTheFirstSenderToASleeperMustWakeIt() {
        assertEquals(QUEUED, mailbox.post(one));
        mailbox.takeAll();
        assertTrue(mailbox.fallAsleep());
        assertTrue(mailbox.isEmpty());
        assertEquals(MUST_WAKE, mailbox.post(one));
        assertEquals(QUEUED, mailbox.post(two));
        mailbox.wakeUp();
        assertEquals(List.of("one", "two"), read(mailbox.takeAll()));
    }

    @Test
    void aLoopThatWokeUpByItselfIsNotWokenByASender() {
        assertTrue(mailbox.fallAsleep());
        mailbox.wakeUp();
        assertEquals(QUEUED, mailbox.post(one));
        assertTrue(mailbox.awaitRings());
    }

    @Test
    void aLoopWithTasksInItsMailboxMustNotWait() {
        mailbox.post(one);
        assertFalse(mailbox.fallAsleep());
        mailbox.wakeUp();
        assertEquals(List.of("one"), read(mailbox.takeAll()));
    }

    @Test
    void aWaitThatIsAnnouncedTwiceIsOneWait() {
        assertTrue(mailbox.fallAsleep());
        assertTrue(mailbox.fallAsleep());
        assertEquals(MUST_WAKE, mailbox.post(one));
        assertFalse(mailbox.fallAsleep());
        mailbox.wakeUp();
        mailbox.rang();
        assertTrue(mailbox.awaitRings());
    }

    @Test
    void aWakeUpThatFailedIsOwedByTheNextSender() {
        mailbox.fallAsleep();
        assertEquals(MUST_WAKE, mailbox.post(one));
        mailbox.failed();
        assertEquals(MUST_WAKE, mailbox.post(two));
        assertEquals(QUEUED, mailbox.post(three));
        mailbox.rang();
        mailbox.wakeUp();
        assertEquals(List.of("one", "two", "three"), read(mailbox.takeAll()));
        assertTrue(mailbox.awaitRings());
    }

    @Test
    void aSenderWithoutATaskMakesAWakeUpThatIsOwed() {
        assertFalse(mailbox.takesOver());
        mailbox.fallAsleep();
        mailbox.post(one);
        mailbox.failed();
        assertTrue(mailbox.takesOver());
        assertFalse(mailbox.takesOver());
        mailbox.rang();
        assertTrue(mailbox.awaitRings());
    }

    @Test
    void afterTheCloseNoSenderMakesAWakeUpThatIsOwed() {
        mailbox.fallAsleep();
        mailbox.post(one);
        mailbox.failed();
        mailbox.takeLast();
        assertFalse(mailbox.takesOver());
        assertEquals(REFUSED, mailbox.post(two));
        assertTrue(mailbox.awaitRings());
    }

    @Test
    void takingTheLastTasksRefusesFurtherOnes() {
        mailbox.post(one);
        mailbox.post(two);
        assertEquals(List.of("one", "two"), read(mailbox.takeLast()));
        assertEquals(REFUSED, mailbox.post(three));
        assertTrue(mailbox.isEmpty());
        assertNull(mailbox.takeAll());
        assertNull(mailbox.takeLast());
        assertFalse(mailbox.fallAsleep());
        mailbox.wakeUp();
        assertEquals(REFUSED, mailbox.post(three));
    }
}
