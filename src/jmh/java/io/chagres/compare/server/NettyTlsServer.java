package io.chagres.compare.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.security.SecureRandom;
import javax.net.ssl.SSLException;

/** Netty 4.2 with TLS on epoll, on one event loop or several; the variant is the engine: jdk or tcnative, which is BoringSSL. */
final class NettyTlsServer {

    public static void main(String[] args) throws InterruptedException, SSLException {
        Task task = Task.of(args);
        SslContext context = context(task);
        NettyServer.serve(new Task(task.port(), task.mode(), "epoll", task.loops()), new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel client) {
                client.pipeline()
                        .addLast(context.newHandler(client.alloc()))
                        .addLast(new Closing())
                        .addLast(NettyServer.handler(task));
            }
        });
    }

    private static SslContext context(Task task) throws SSLException {
        SslContext context = SslContextBuilder.forServer(
                        new File(task.mode().certificate()),
                        new File(task.mode().key()))
                .sslProvider(task.variant().equals("jdk") ? SslProvider.JDK : SslProvider.OPENSSL)
                .build();
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setTicketKeys(ticketKey()); // without it, Netty's OpenSSL sends no tickets, and all others do
        }
        return context;
    }

    private static OpenSslSessionTicketKey ticketKey() {
        SecureRandom random = new SecureRandom();
        byte[] name = new byte[OpenSslSessionTicketKey.NAME_SIZE];
        byte[] hmac = new byte[OpenSslSessionTicketKey.HMAC_KEY_SIZE];
        byte[] aes = new byte[OpenSslSessionTicketKey.AES_KEY_SIZE];
        random.nextBytes(name);
        random.nextBytes(hmac);
        random.nextBytes(aes);
        return new OpenSslSessionTicketKey(name, hmac, aes);
    }

    /** Answers close_notify with the end of the connection. */
    private static final class Closing extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslCloseCompletionEvent) {
                context.close();
            } else {
                context.fireUserEventTriggered(event);
            }
        }
    }
}
