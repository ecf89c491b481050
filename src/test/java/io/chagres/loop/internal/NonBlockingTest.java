package io.chagres.loop.internal;

import static io.chagres.SystemException.check;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.SystemException;
import io.chagres.fixture.Descriptor;
import io.chagres.fixture.HangGuard;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Memory;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The descriptors here are of files, because only their flags are changed. */
@ExtendWith(HangGuard.class)
class NonBlockingTest {

    @TempDir
    private Path folder;

    private int fd;

    @BeforeEach
    void open() {
        fd = open("file");
    }

    @AfterEach
    void close() {
        Descriptors.close(fd);
    }

    private int open(String name) {
        int flags = Descriptors.O_RDWR | Descriptors.O_CREAT | Descriptors.O_CLOEXEC;
        return check(Descriptors.open(Memory.string(folder.resolve(name).toString()), flags, 0600), "open");
    }

    private static NonBlocking begin(int fd) {
        return NonBlocking.begin(fd, Descriptors.fcntl(fd, Descriptors.F_GETFL, 0));
    }

    private static boolean isBlocking(int fd) {
        return (Descriptors.fcntl(fd, Descriptors.F_GETFL, 0) & Descriptors.O_NONBLOCK) == 0;
    }

    private static int duplicate(int fd) {
        return Descriptors.fcntl(fd, Descriptors.F_DUPFD_CLOEXEC, 0);
    }

    @Test
    void aBlockingDescriptorIsBlockingAgainAfterTheUse() {
        NonBlocking use = begin(fd);
        assertEquals(false, isBlocking(fd));
        use.end();
        assertEquals(true, isBlocking(fd));
    }

    @Test
    void aNonBlockingDescriptorStaysNonBlockingAfterTheUse() {
        Descriptors.fcntl(fd, Descriptors.F_SETFL, Descriptors.O_NONBLOCK);
        begin(fd).end();
        assertEquals(false, isBlocking(fd));
    }

    @Test
    void flagsThatChangedDuringTheUseAreKept() {
        int append = 0x400;
        NonBlocking use = begin(fd);
        Descriptors.fcntl(fd, Descriptors.F_SETFL, Descriptors.O_NONBLOCK | append);
        use.end();
        assertEquals(append, Descriptors.fcntl(fd, Descriptors.F_GETFL, 0) & (append | Descriptors.O_NONBLOCK));
    }

    @Test
    void theLastUseOfADescriptionMakesItBlockingAgain() {
        int copy = duplicate(fd);
        NonBlocking first = begin(fd);
        NonBlocking second = begin(copy);
        first.end();
        first.end();
        assertEquals(false, isBlocking(fd));
        second.end();
        assertEquals(true, isBlocking(fd));
        Descriptors.close(copy);
    }

    @Test
    void eachDescriptionOfAFileIsMadeBlockingAgain() {
        int other = open("file");
        NonBlocking first = begin(fd);
        NonBlocking second = begin(other);
        first.end();
        assertEquals(true, isBlocking(fd));
        assertEquals(false, isBlocking(other));
        second.end();
        assertEquals(true, isBlocking(other));
        Descriptors.close(other);
    }

    /** The owner has closed the descriptor, and another file has its number. */
    @Test
    void anotherFileWithTheSameNumberIsNotChanged() {
        NonBlocking use = begin(fd);
        Descriptors.close(fd);
        int other = open("other");
        assertEquals(fd, other);
        Descriptors.fcntl(other, Descriptors.F_SETFL, Descriptors.O_NONBLOCK);
        use.end();
        assertEquals(false, isBlocking(other));
    }

    @Test
    void aDescriptorThatTheKernelRefusesIsNotKept() {
        assertThrows(SystemException.class, () -> NonBlocking.begin(1 << 20, 0));
        try (Descriptor event = Descriptor.event(0)) {
            begin(event.fd()).end();
        }
    }
}
