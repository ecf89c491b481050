package io.chagres.trace;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Set;

/** The lines of a sequence diagram in the syntax of Mermaid. */
final class DiagramText {

    private final StringBuilder text = new StringBuilder("sequenceDiagram\n");
    private final Participants participants;
    private final Set<CallbackRun> open = Collections.newSetFromMap(new IdentityHashMap<>());

    DiagramText(Participants participants) {
        this.participants = participants;
        participants.labels().forEach((id, label) -> line("participant " + id + " as " + escape(label)));
        if (participants.labels().isEmpty()) {
            line("participant nothing as an empty trace");
        }
    }

    Participants participants() {
        return participants;
    }

    int length() {
        return text.length();
    }

    void phase(String thread, String phase) {
        line("Note over " + participants.thread(thread) + ": " + escape(phase));
    }

    void note(Note note) {
        String thread = note.place().thread();
        String side = participants.isLeftmost(thread) ? "left" : "right";
        line("Note " + side + " of " + participants.thread(thread) + ": " + escape(ShortText.cut(note.text())));
    }

    /** Begins the bar of a callback. */
    void begin(CallbackRun run) {
        String line = participants.thread(run.place().thread());
        line(line + "->>" + line + ": " + escape(ShortText.cut(run.name())));
        line("activate " + line);
        open.add(run);
    }

    /** Ends the bar of a callback, if it was begun. */
    void end(CallbackRun run) {
        if (open.remove(run)) {
            line("deactivate " + participants.thread(run.place().thread()));
        }
    }

    void endAllCallbacks() {
        Set.copyOf(open).forEach(this::end);
    }

    void call(SystemCall call) {
        arrow("->>", call, ShortText.call(call) + " = " + ShortText.answer(call));
    }

    /** Draws the beginning of a call that waits. */
    void ask(SystemCall call) {
        arrow("->>", call, ShortText.call(call));
    }

    /** Draws the end of a call that has waited. */
    void answer(SystemCall call) {
        String thread = call.place().thread();
        line(participants.kernel(thread) + "-->>" + participants.thread(thread) + ": "
                + escape(call.name() + " = " + ShortText.answer(call)));
    }

    private void arrow(String kind, SystemCall call, String label) {
        String thread = call.place().thread();
        line(participants.thread(thread) + kind + participants.kernel(thread) + ": " + escape(label));
    }

    /** Draws something that one kernel sends to another. */
    void segment(String from, String to, String label) {
        line(from + "--)" + to + ": " + escape(label));
    }

    /** Writes a remark about the diagram below all lines. */
    void remark(String remark) {
        String first = participants.labels().keySet().iterator().next();
        line("Note over " + first + ": " + escape(remark));
    }

    private void line(String line) {
        text.append("    ").append(line).append('\n');
    }

    /**
     * Returns a text in which Mermaid finds neither syntax nor HTML nor formulas: everything but letters, digits and harmless signs is
     * written by its number, as {@code #59;} for a semicolon.
     */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (Character.isWhitespace(c) || Character.isISOControl(c)) {
                escaped.append(' ');
            } else if (Character.isLetterOrDigit(c) || " ()[],.=+-/|_'!?*:@".indexOf(c) >= 0) {
                escaped.appendCodePoint(c);
            } else {
                escaped.append(String.format(Locale.ROOT, "#%d;", c));
            }
        });
        return escaped.isEmpty() ? " " : escaped.toString();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
