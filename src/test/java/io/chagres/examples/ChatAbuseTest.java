package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Hostile clients of examples/Chat.java, which cost the other members little. */
@ExtendWith(HangGuard.class)
@Timeout(60)
class ChatAbuseTest {

    private static final int MEMBERS = 100;

    /** Each line makes a write to each member: all lines at once would block the loop for seconds. */
    @Test
    void aFloodOfLinesDoesNotBlockTheOtherMembers() throws Exception {
        List<Caller> members = new ArrayList<>();
        try (ExampleProcess server = ExampleProcess.listening("Chat")) {
            for (int i = 0; i < MEMBERS; i++) {
                members.add(ChatTest.join(server, "member" + i));
            }
            Caller flooder = members.getFirst();
            Caller speaker = members.get(1);
            Caller listener = members.getLast();
            flooder.say("\n".repeat(64 * 1024));
            listener.hear("member0: ");
            speaker.say("hello\n");
            int before = 1;
            for (String line = listener.nextLine(); !line.equals("member1: hello"); line = listener.nextLine()) {
                before++;
            }
            int heard = before;
            assertTrue(heard < 5000, () -> heard + " lines came before");
        } finally {
            for (Caller member : members) {
                member.close();
            }
        }
    }

    @Test
    void aClientWithoutANameIsDisconnected() throws Exception {
        try (ExampleProcess server = ExampleProcess.listening(List.of("-DnameMillis=200"), "Chat");
                Caller named = ChatTest.join(server, "ann");
                Caller silent = new Caller(server)) {
            silent.hear("* Who are you?");
            silent.hearEnd();
            named.say("still here\n");
            try (Caller bob = ChatTest.join(server, "bob")) {
                named.hear("* bob is here.");
                named.say("hello\n");
                bob.hear("ann: hello");
            }
        }
    }

    @Test
    void aNameHasALimitAndNoControlCharacters() throws Exception {
        try (ExampleProcess server = ExampleProcess.listening("Chat");
                Caller ann = ChatTest.join(server, "ann");
                Caller other = new Caller(server)) {
            other.say("x".repeat(33) + "\n\033[2Jbob\n\007bell\n");
            other.hear("* Who are you?", "* A name has 1 to 32 letters. Who are you?", "* Welcome, [2Jbob.");
            ann.hear("* [2Jbob is here.", "[2Jbob: bell");
        }
    }
}
