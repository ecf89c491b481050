package io.chagres.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A lookup of a name or an address. The duration is the time in libc. */
@Name("io.chagres.Lookup")
@Label("Lookup")
@Description("A lookup by getaddrinfo(3) or getnameinfo(3). The duration is the time in that function.")
@Category({"Chagres", "Lookup"})
@StackTrace(false)
final class LookupEvent extends Event {

    @Label("Host")
    @Description("The name or address that was looked up")
    @Nullable
    String host;

    @Label("Function")
    @Nullable
    String function;

    @Label("Queue Time")
    @Description("The time that the lookup has waited for a thread of those for lookups")
    @Timespan
    long queueTime;

    @Label("Result")
    @Description("The number of addresses, the name, or the code of the error, such as ENOTFOUND")
    @Nullable
    String result;

    /** Begins an event; null if no recording wants it. */
    static @Nullable LookupEvent start() {
        LookupEvent event = new LookupEvent();
        if (!event.isEnabled()) {
            return null;
        }
        event.begin();
        return event;
    }
}
