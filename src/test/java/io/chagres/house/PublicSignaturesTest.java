package io.chagres.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.HangGuard;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The public signatures are those of docs/api.txt. */
@ExtendWith(HangGuard.class)
class PublicSignaturesTest {

    @Test
    void theCheckedInListIsUpToDate() throws IOException {
        assertEquals(
                String.join("\n", PublicSignatures.list()),
                Files.readString(PublicSignatures.FILE).strip(),
                "the public API has changed: run `make api`, and review the change of docs/api.txt");
    }
}
