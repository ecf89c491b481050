package io.chagres.loop.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.chagres.fixture.HangGuard;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Lists of listeners, short and long ones; with 100,000 listeners a cost that grows with the square is minutes. */
@ExtendWith(HangGuard.class)
@Timeout(60)
class ListenersTest {

    private static final int MANY = 100_000;

    private final int[] calls = new int[MANY];
    private Listeners<Runnable> list;

    @Test
    void aListThatIsWalkedStaysAsItWasWhateverIsAddedAndRemoved() {
        long seed = Long.getLong("chagres.seed", System.nanoTime());
        System.out.println("ListenersTest: -Dchagres.seed=" + seed);
        Random random = new Random(seed);
        List<Listeners<Object>> lists = new ArrayList<>();
        List<List<Object>> models = new ArrayList<>();
        Listeners<Object> now = null;
        List<Object> model = new ArrayList<>();
        for (int turn = 0; turn < 20_000; turn++) {
            boolean grows = random.nextInt(100) < (turn / 500 % 2 == 0 ? 70 : 30);
            Object listener = random.nextInt(10) == 0 && !model.isEmpty()
                    ? model.get(random.nextInt(model.size()))
                    : new Object();
            if (grows) {
                now = Listeners.add(now, listener);
                model.add(listener);
            } else if (random.nextInt(20) == 0) {
                Object first = new Object();
                now = Listeners.addFirst(now, first);
                model.addFirst(first);
            } else {
                Object removed = model.isEmpty() ? listener : model.get(random.nextInt(model.size()));
                now = Listeners.remove(now, removed);
                removeLast(model, removed);
            }
            if (random.nextInt(20) == 0) {
                lists.add(now);
                models.add(List.copyOf(model));
            }
            if (!lists.isEmpty() && random.nextInt(10) == 0) { // an older list changes independently
                int older = random.nextInt(lists.size());
                now = lists.get(older);
                model = new ArrayList<>(models.get(older));
            }
            assertEquals(model.isEmpty(), now == null);
        }
        for (int i = 0; i < lists.size(); i++) {
            assertEquals(models.get(i), contents(lists.get(i)));
        }
    }

    @Test
    void aPlaceAtTheFrontIsNotUsedAgainWhileAnOlderListHasIt() {
        Listeners<Object> list = null;
        for (int i = 0; i < 2 * Listeners.FEW; i++) {
            list = Listeners.add(list, new Object());
        }
        Object[] added = {new Object(), new Object(), new Object(), new Object()};
        list = Listeners.addFirst(Listeners.addFirst(list, added[0]), added[1]);
        Listeners<Object> older = list;
        list = Listeners.remove(Listeners.remove(list, added[0]), added[1]);
        list = Listeners.addFirst(Listeners.addFirst(list, added[2]), added[3]);
        assertEquals(List.of(added[1], added[0]), contents(older).subList(0, 2));
        assertEquals(List.of(added[3], added[2]), contents(list).subList(0, 2));
    }

    @Test
    void ofOneThatIsAlsoFirstTheLastGoes() {
        Listeners<Object> list = null;
        Object twice = new Object();
        for (int i = 0; i < 2 * Listeners.FEW; i++) {
            list = Listeners.add(list, i == 3 ? twice : new Object());
        }
        list = Listeners.remove(Listeners.addFirst(list, twice), twice);
        assertEquals(0, contents(list).indexOf(twice));
        assertEquals(-1, contents(Listeners.remove(list, twice)).indexOf(twice));
    }

    private static void removeLast(List<Object> model, Object removed) {
        for (int i = model.size() - 1; i >= 0; i--) {
            if (model.get(i) == removed) {
                model.remove(i);
                return;
            }
        }
    }

    private static <L> List<L> contents(Listeners<L> list) {
        List<L> contents = new ArrayList<>();
        for (Listeners<L> at = list; at != null; at = at.next()) {
            contents.add(at.listener());
        }
        return contents;
    }

    @Test
    void eachOfManyIsCalledInOrder() {
        List<Integer> called = new ArrayList<>();
        IntStream.range(0, MANY).forEach(i -> list = Listeners.add(list, () -> called.add(i)));
        Listeners.run(list);
        assertEquals(IntStream.range(0, MANY).boxed().toList(), called);
    }

    @Test
    void manyThatListenOnceAreTakenOffTogether() {
        IntStream.range(0, MANY).forEach(i -> list = Listeners.add(list, new Listeners.Once(() -> calls[i]++)));
        Runnable lasting = () -> {};
        list = Listeners.add(list, lasting);
        Listeners.run(list);
        list = Listeners.lasting(list);
        assertSame(lasting, list.listener());
        assertNull(list.next());
        assertAllCalledOnce();
    }

    @Test
    void eachOfManyMayRemoveItselfWhenItIsCalled() {
        Runnable[] all = new Runnable[MANY];
        for (int i = 0; i < MANY; i++) {
            int mine = i;
            all[i] = () -> {
                calls[mine]++;
                list = Listeners.remove(list, all[mine]);
            };
            list = Listeners.add(list, all[i]);
        }
        Listeners.run(list);
        assertNull(list);
        assertAllCalledOnce();
    }

    @Test
    void theFirstOfManyMayRemoveAllOthersWhichAreCalledAllTheSame() {
        List<Runnable> others = new ArrayList<>();
        list = Listeners.add(list, () -> {
            calls[0]++;
            others.forEach(other -> list = Listeners.remove(list, other));
        });
        for (int i = 1; i < MANY; i++) {
            int mine = i;
            others.add(() -> calls[mine]++);
            list = Listeners.add(list, others.getLast());
        }
        Listeners.run(list);
        assertNull(list.next());
        assertAllCalledOnce();
    }

    private void assertAllCalledOnce() {
        assertEquals(MANY, IntStream.of(calls).filter(count -> count == 1).count());
    }

    @Test
    void manyAreRemovedInAnyOrder() {
        for (String order : List.of("first", "last", "random")) {
            List<Object> all = new ArrayList<>(
                    IntStream.range(0, MANY).mapToObj(i -> new Object()).toList());
            Listeners<Object> objects = null;
            for (Object listener : all) {
                objects = Listeners.add(objects, listener);
            }
            switch (order) {
                case "last" -> Collections.reverse(all);
                case "random" -> Collections.shuffle(all, new Random(1));
                default -> {}
            }
            for (Object listener : all) {
                objects = Listeners.remove(objects, listener);
            }
            assertNull(objects, order);
        }
    }

    @Test
    void oneThatWasAddedManyTimesIsRemovedAsOften() {
        Object twice = new Object();
        Listeners<Object> objects = Listeners.add(null, new Object());
        for (int i = 0; i < MANY; i++) {
            objects = Listeners.add(objects, twice);
        }
        for (int i = 0; i < MANY; i++) {
            objects = Listeners.remove(objects, twice);
        }
        assertEquals(1, contents(objects).size());
    }

    @Test
    void manyAreAddedBeforeAllOthers() {
        Listeners<Object> objects = null;
        for (int i = 0; i < MANY; i++) {
            objects = Listeners.addFirst(objects, i);
        }
        assertEquals(IntStream.range(0, MANY).mapToObj(i -> MANY - 1 - i).toList(), contents(objects));
    }

    @Test
    void aListHoldsNothingThatWasRemovedFromIt() {
        Object[] all = IntStream.range(0, 100).mapToObj(i -> new Object()).toArray();
        Listeners<Object> objects = null;
        for (Object listener : all) {
            objects = Listeners.add(objects, listener);
        }
        WeakReference<Object> removed = new WeakReference<>(all[50]);
        objects = Listeners.remove(objects, all[50]);
        all[50] = null;
        for (int i = 0; i < 100 && removed.get() != null; i++) {
            System.gc();
        }
        assertNull(removed.get());
        assertEquals(99, contents(objects).size());
    }
}
