package io.chagres.compare.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;

/** Netty 4.2 on one event loop or several; the variant is the transport: epoll, nio or io_uring. */
final class NettyServer {

    private record Transport(IoHandlerFactory loops, Class<? extends ServerChannel> channels) {}

    public static void main(String[] args) throws InterruptedException {
        Task task = Task.of(args);
        serve(task, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel client) {
                client.pipeline().addLast(handler(task));
            }
        });
    }

    /** Listens, and prints the port. */
    static void serve(Task task, ChannelInitializer<Channel> clients) throws InterruptedException {
        Transport transport = transport(task);
        Channel server = new ServerBootstrap()
                .group(new MultiThreadIoEventLoopGroup(task.loops(), transport.loops))
                .channel(transport.channels)
                .option(ChannelOption.SO_BACKLOG, Task.BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(clients)
                .bind(Task.HOST, task.port())
                .sync()
                .channel();
        Task.announce(((InetSocketAddress) server.localAddress()).getPort());
    }

    private static Transport transport(Task task) {
        return switch (task.variant()) {
            case "epoll" -> {
                Epoll.ensureAvailability();
                yield new Transport(EpollIoHandler.newFactory(), EpollServerSocketChannel.class);
            }
            case "io_uring" -> {
                IoUring.ensureAvailability();
                yield new Transport(IoUringIoHandler.newFactory(), IoUringServerSocketChannel.class);
            }
            case "nio" -> new Transport(NioIoHandler.newFactory(), NioServerSocketChannel.class);
            default -> throw task.unknown();
        };
    }

    static ChannelInboundHandlerAdapter handler(Task task) {
        return switch (task.mode().plain()) {
            case ECHO -> new Echo();
            case SINK -> new Sink();
            case SOURCE -> new Source();
            default -> throw task.unknown();
        };
    }

    private static class Quiet extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable gone) {
            context.close();
        }
    }

    private static final class Echo extends Quiet {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.write(message, context.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            context.channel().config().setAutoRead(context.channel().isWritable());
        }
    }

    private static final class Sink extends Quiet {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }
    }

    private static final class Source extends Quiet {
        private static final ByteBuf PIECE =
                Unpooled.unreleasableBuffer(Unpooled.directBuffer(Task.PIECE).writeZero(Task.PIECE));

        private boolean isQueued;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            pour(context);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            pour(context);
        }

        /** Writes a piece a turn: a client that is faster than the encryption always has room, and others wait. */
        private void pour(ChannelHandlerContext context) {
            if (context.channel().isWritable() && !isQueued) {
                context.writeAndFlush(PIECE.duplicate(), context.voidPromise());
                isQueued = true;
                context.executor().execute(() -> {
                    isQueued = false;
                    pour(context);
                });
            }
        }
    }
}
