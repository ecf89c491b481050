package io.chagres.loop.internal;

import io.chagres.UsageException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** The MBeans that belong to a loop. They are taken off when it is closed. Only {@link Beans} makes it, because it can be
 * loaded only if there is the module java.management. */
public final class BeanServer implements AutoCloseable {

    private static final String DOMAIN = "io.chagres:";
    private static final int MAX_TRIES = 10_000;

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final List<String> names = new ArrayList<>();

    BeanServer() {}

    /**
     * Registers {@code bean}.
     *
     * @param keys the properties of the name before {@code name}, as in "type=Loop"
     * @param name any text: it is quoted if it has to be, and gets a number if it is taken
     * @return the text of the ObjectName
     */
    public String register(String keys, String name, Object bean) {
        try {
            for (int number = 1; ; number++) {
                String full = DOMAIN + keys + ",name=" + quoted(number == 1 ? name : name + "-" + number);
                try {
                    server.registerMBean(bean, new ObjectName(full));
                    names.add(full);
                    return full;
                } catch (InstanceAlreadyExistsException taken) {
                    if (number == MAX_TRIES) {
                        throw taken;
                    }
                }
            }
        } catch (JMException refused) {
            throw new UsageException("EINVAL", "the MBean " + name + " can't be registered: " + refused);
        }
    }

    /** Returns {@code value} as the value of a key of an ObjectName. */
    public static String quoted(String value) {
        boolean plain = !value.isEmpty() && value.chars().noneMatch(c -> ",=:\"*?\n\\".indexOf(c) >= 0);
        return plain ? value : ObjectName.quote(value);
    }

    /** Takes off the bean that {@link #register} has given {@code name}. Calling it again is a no-op. */
    public void unregister(String name) {
        if (names.remove(name)) {
            takeOff(name);
        }
    }

    private void takeOff(String name) {
        try {
            server.unregisterMBean(new ObjectName(name));
        } catch (InstanceNotFoundException alreadyGone) {
            // another part of the program has taken it off
        } catch (JMException refused) {
            throw new UsageException("EINVAL", "the MBean " + name + " can't be taken off: " + refused);
        }
    }

    /** Takes off all beans of the loop. */
    @Override
    public void close() {
        names.forEach(this::takeOff);
        names.clear();
    }

    @Override
    public String toString() {
        return "BeanServer " + names;
    }
}
