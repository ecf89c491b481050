package io.chagres.trace.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.HangGuard;
import java.util.HexFormat;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The texts that strace(1) and inet_ntop(3) have for the same bytes. */
@ExtendWith(HangGuard.class)
class QuotesTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "68656c6c6f0a | \"hello\\n\"",
                "0031 | \"\\0001\"",
                "0061 | \"\\0a\"",
                "ff37 | \"\\3777\"",
                "1b5b | \"\\33[\"",
                "225c0c0d090b7f | \"\\\"\\\\\\f\\r\\t\\v\\177\"",
            })
    void bytesAreEscapedAsInStrace(String hex, String expected) {
        StringBuilder out = new StringBuilder();
        Quotes.add(HexFormat.of().parseHex(hex), out);
        assertEquals(expected, out.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "7f000001, 127.0.0.1",
        "00000000000000000000000000000000, ::",
        "00000000000000000000000000000001, ::1",
        "fe800000000000000000000000000001, fe80::1",
        "20010db8000000000001000000000000, 2001:db8:0:0:1::",
        "20010db8000000010002000300040005, 2001:db8:0:1:2:3:4:5",
        "00000000000000000000ffff7f000001, ::ffff:127.0.0.1",
        "0000000000000000000000007f000001, ::127.0.0.1",
        "00010000000000000000000000000000, 1::",
    })
    void addressesAreThoseOfInetNtop(String hex, String expected) {
        assertEquals(expected, IpText.of(HexFormat.of().parseHex(hex)));
    }
}
