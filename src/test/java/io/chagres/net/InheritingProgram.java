package io.chagres.net;

import io.chagres.address.SocketAddress;
import io.chagres.fixture.Local;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import io.chagres.socket.DescriptorKind;
import io.chagres.socket.Tcp;
import io.chagres.sys.Descriptors;

/** A process that listens on descriptors which it did not open. */
public final class InheritingProgram {

    private InheritingProgram() {}

    public static void main(String[] args) {
        try (Loop loop = new Loop()) {
            switch (args[0]) {
                case "serve" -> serve(loop, Integer.parseInt(args[1]), args[2]);
                case "standard" -> listenOnStandardDescriptors(loop);
                default -> listenInTheirPlace(loop);
            }
            loop.run();
        }
    }

    /** Writes {@code name} to each client that connects to {@code fd}, until one sends something. */
    private static void serve(Loop loop, int fd, String name) {
        Server server = Net.createServer(loop, socket -> socket.write(name));
        server.onConnection(socket -> socket.onData(anything -> server.close()));
        server.onConnection(socket -> socket.onError(error -> {}));
        server.listen(ListenOptions.atFd(fd), null);
    }

    private static void listenOnStandardDescriptors(Loop loop) {
        for (int fd = 0; fd < 3; fd++) {
            Net.createServer(loop)
                    .onError(error -> System.out.println(error.getMessage()))
                    .listen(ListenOptions.atFd(fd), null);
        }
    }

    /** Standard input is closed, and its number free for the next descriptor: which is then one as any other. */
    private static void listenInTheirPlace(Loop loop) {
        TcpPair.listening(loop).close(); // what this loads would else take the number
        Tcp tcp = new Tcp(loop);
        Descriptors.close(0);
        tcp.bind(new SocketAddress(Local.HOST, 0));
        System.out.println("listening on " + tcp.fd());
        Server server = Net.createServer(loop, socket -> socket.pipe(socket));
        server.listen(tcp, null);
        server.onConnection(socket -> {
            server.close();
            boolean closed = DescriptorKind.of(0) != DescriptorKind.TCP;
            System.out.println("closed: " + closed);
        });
        Socket client = Local.connect(loop, server.address().port());
        client.onData(chunk -> System.out.println(chunk.remaining() + " bytes"));
        client.end("hello");
    }
}
