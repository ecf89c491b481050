package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Program;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class ChatTest {

    /** Lines of four kilobytes: more than all buffers between two processes hold. */
    private static final int MAX_SAID = 16 * 1024;

    private static ExampleProcess server;

    @BeforeAll
    static void start() throws Exception {
        server = ExampleProcess.listening("Chat");
    }

    @AfterAll
    static void stop() throws InterruptedException {
        server.close();
    }

    @AfterEach
    void allAreGone() throws InterruptedException {
        ExampleProcess.await("connections left", () -> server.sockets().size() == 1);
    }

    private static Caller join(String name) throws IOException {
        return join(server, name);
    }

    static Caller join(ExampleProcess server, String name) throws IOException {
        Caller caller = new Caller(server);
        caller.hear("* Who are you?");
        caller.say(name + "\n");
        caller.hear("* Welcome, " + name + ".");
        return caller;
    }

    @Test
    void aLineGoesToAllOtherMembers() throws IOException {
        try (Caller ann = join("ann");
                Caller bob = join("bob");
                Caller silent = new Caller(server)) {
            ann.hear("* bob is here.");
            try (Caller cat = join("c\u00e4t")) {
                ann.hear("* c\u00e4t is here.");
                bob.hear("* c\u00e4t is here.");
                cat.say("good morn");
                cat.say("ing, caf\u00e9\r\nand\n");
                ann.hear("c\u00e4t: good morning, caf\u00e9", "c\u00e4t: and");
                bob.hear("c\u00e4t: good morning, caf\u00e9", "c\u00e4t: and");
                bob.say("hello\n");
                cat.hear("bob: hello");
            }
            ann.hear("bob: hello", "* c\u00e4t has left.");
            bob.hear("* c\u00e4t has left.");
            silent.hear("* Who are you?");
        }
    }

    @Test
    void aNameInUseIsRefused() throws IOException {
        try (Caller ann = join("ann");
                Caller other = new Caller(server)) {
            other.say("ann\nbea\n");
            other.hear("* Who are you?", "* That name is taken. Who are you?", "* Welcome, bea.");
            ann.hear("* bea is here.");
        }
    }

    @Test
    void aNetcatClientJoinsAndLeaves() throws Exception {
        try (Caller ann = join("ann")) {
            String heard = Program.runWith("nina\nhello\n", "nc", "-N", "127.0.0.1", Integer.toString(server.port()));
            assertEquals("* Who are you?\n* Welcome, nina.", heard);
            ann.hear("* nina is here.", "nina: hello", "* nina has left.");
        }
    }

    @Test
    void aMemberThatSendsALineWithoutEndIsDisconnected() throws Exception {
        try (Caller ann = join("ann");
                Caller bob = join("bob")) {
            ann.hear("* bob is here.");
            bob.say("x".repeat(5000));
            ann.hear("* bob has left.");
        }
        assertEquals("bob sends a line without end", server.nextLine());
    }

    /** A member that does not read is disconnected. The others miss no line. */
    @Test
    void aMemberThatDoesNotReadIsDisconnected() throws Exception {
        String words = "word ".repeat(800).strip();
        String gone = "* sleeper has left.";
        try (Caller listener = join("listener");
                Caller sleeper = join("sleeper");
                Caller speaker = join("speaker")) {
            listener.hear("* sleeper is here.", "* speaker is here.");
            String heard = "";
            for (int said = 0; said < MAX_SAID && !heard.equals(gone); said++) {
                speaker.say(words + "\n");
                heard = listener.nextLine();
                assertTrue(heard.equals("speaker: " + words) || heard.equals(gone), heard);
            }
            assertEquals(gone, heard);
            speaker.hear(gone);
            assertEquals("sleeper does not read", server.nextLine());
            sleeper.hear("* speaker is here.", "speaker: " + words);
        }
    }

    @Test
    void theEndOfTheServerIsAnnouncedToAllMembers() throws Exception {
        try (ExampleProcess other = ExampleProcess.listening("Chat");
                Caller ann = new Caller(other)) {
            ann.say("ann\n");
            ann.hear("* Who are you?", "* Welcome, ann.");
            other.signal("INT");
            ann.hear("* The chat is over.");
            ann.hearEnd();
            assertEquals(0, other.exitStatus());
        }
    }
}
