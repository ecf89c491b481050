package io.chagres.stream;

/** Who listens to the writing side of a {@link Duplex}, and which pipes end in it. */
abstract class WritableListeners {

    final Duplex stream;
    private Listeners<Runnable> drain;
    private Listeners<Runnable> prefinish;
    private Listeners<Runnable> finish;
    private Feeds feeds;

    WritableListeners(Duplex stream) {
        this.stream = stream;
    }

    /** The listeners of {@code earlier}, whose stream is opened again. */
    WritableListeners(WritableListeners earlier) {
        stream = earlier.stream;
        drain = earlier.drain;
        prefinish = earlier.prefinish;
        finish = earlier.finish;
        feeds = earlier.feeds;
    }

    /** Whether this belongs to an earlier life of the stream. */
    final boolean isPast() {
        return stream.writing != this;
    }

    /** Whether nothing goes out any more: the stream has failed or come to its end, or has been opened again since. */
    final boolean isOver() {
        return stream.isOver() || isPast();
    }

    final boolean isDestroyed() {
        return stream.destroyed() || isPast();
    }

    // ---- events

    final void onDrain(Runnable listener) {
        drain = stream.with(drain, listener);
    }

    final void offDrain(Runnable listener) {
        drain = stream.without(drain, listener);
    }

    /** The pipes that end here go on before listeners can write again. */
    final void tellDrain() {
        if (feeds != null) {
            feeds.drained();
        }
        stream.tell(drain);
    }

    final void onPrefinish(Runnable listener) {
        prefinish = stream.with(prefinish, listener);
    }

    final void offPrefinish(Runnable listener) {
        prefinish = stream.without(prefinish, listener);
    }

    final void tellPrefinish() {
        stream.tell(prefinish);
    }

    final void onFinish(Runnable listener) {
        finish = stream.with(finish, listener);
    }

    final void offFinish(Runnable listener) {
        finish = stream.without(finish, listener);
    }

    final void tellFinish() {
        stream.tell(finish);
    }

    // ---- pipes

    /** The pipes that end here. */
    final Feeds feeds() {
        if (feeds == null) {
            feeds = new Feeds();
        }
        return feeds;
    }

    final boolean hasFeeds() {
        return feeds != null;
    }

    final void endFeeds() {
        if (feeds != null) {
            feeds.end();
        }
    }
}
