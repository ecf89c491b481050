package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.loop.Loop;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Texts are the same in every language. In Turkish the small letter of I has no dot, which breaks most texts that depend on the language. */
@ExtendWith(HangGuard.class)
@Tag("host")
class HandleTextLocaleTest {

    @Test
    void aTextDoesNotDependOnTheLanguageOfTheUser() throws Exception {
        ForkedJvm.Outcome outcome =
                ForkedJvm.run(InTurkish.class, "-Duser.language=tr", "-Duser.country=TR", "-Dstdout.encoding=UTF-8");
        assertEquals(new ForkedJvm.Outcome(0, "tr Timer (inactive) Timer (closing)"), outcome);
    }

    static final class InTurkish {
        public static void main(String[] arguments) {
            try (Loop loop = new Loop()) {
                Timer timer = new Timer(loop);
                String inactive = timer.toString();
                timer.close();
                System.out.println(Locale.getDefault().getLanguage() + " " + inactive + " " + timer);
            }
        }
    }
}
