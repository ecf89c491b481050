import io.chagres.address.Family;
import io.chagres.loop.Loop;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.Tcp;

/**
 * Prints the keep-alive settings that the kernel gives a new TCP socket: on or off, and three numbers.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/KeepAliveDefaults.java</pre>
 */
public class KeepAliveDefaults {

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            KeepAlive keepAlive = new Tcp(loop, Family.IPV4).keepAlive();
            System.out.println("keep-alive on by default: " + (keepAlive.isOn() ? 1 : 0));
            System.out.println(
                    "silence before the first probe: " + keepAlive.idle().toSeconds() + " seconds");
            System.out.println("time between probes: " + keepAlive.interval().toSeconds() + " seconds");
            System.out.println("unanswered probes that end the connection: " + keepAlive.count());
        }
    }
}
