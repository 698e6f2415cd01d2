package nightjar.conf;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A row of nginx's command table: a name, where it may stand, how many words it takes, how they become a `T`.
///
/// One name may have several rows, for different contexts (`server` in `http` and in `upstream`), and several rows may
/// write one slot (`content_by_lua` and `content_by_lua_block`).
///
/// @param action what happens when the statement has been read
public record Directive<T extends @Nullable Object>(
        String name, Set<Context> in, Arity arity, Kind kind, Slot<T> slot, Consumer<Args> action) {

    public enum Kind {
        /// `name word…;`
        SIMPLE,
        /// `name word… { … }`; the action reads the body.
        BLOCK,
        /// `name word… { Lua }`; the body has been read when the action runs.
        LUA_BLOCK
    }

    /// Makes a value of a statement's words.
    @FunctionalInterface
    public interface Reader<T> {
        T read(Args args);
    }

    /// Reads a block's body: makes a child of `scope` and passes it to [Args#readBlock(Scope)].
    @FunctionalInterface
    public interface Block {
        void read(Args args, Scope scope);
    }

    /// May stand once in a block; an inner block overrides an outer one.
    public static <T extends @Nullable Object> Directive<T> one(String name, Set<Context> in, int words, Reader<? extends T> reader, T initial) {
        return one(name, in, Arity.take(words), Slot.of(initial), reader);
    }

    public static <T extends @Nullable Object> Directive<T> one(String name, Set<Context> in, Arity arity, Reader<? extends T> reader, T initial) {
        return one(name, in, arity, Slot.of(initial), reader);
    }

    /// May stand once in a block, with all other directives of its slot.
    public static <T extends @Nullable Object> Directive<T> one(String name, Set<Context> in, Arity arity, Slot<T> slot, Reader<? extends T> reader) {
        return new Directive<>(name, in, arity, Kind.SIMPLE, slot, once(slot, reader));
    }

    /// Each statement adds an element; an inner block's list replaces the outer one's.
    public static <E> Directive<List<E>> many(String name, Set<Context> in, int words, Reader<? extends E> reader) {
        return add(name, in, Arity.take(words), Slot.list(), reader);
    }

    public static <E> Directive<List<E>> many(String name, Set<Context> in, Arity arity, Reader<? extends E> reader) {
        return add(name, in, arity, Slot.list(), reader);
    }

    /// Each statement adds an element to `slot`, in the order of the text with all other directives of that slot.
    public static <E> Directive<List<E>> add(String name, Set<Context> in, Arity arity, Slot<List<E>> slot, Reader<? extends E> reader) {
        return new Directive<>(name, in, arity, Kind.SIMPLE, slot, append(slot, reader));
    }

    /// A statement whose action does all by itself.
    public static Directive<@Nullable Void> run(String name, Set<Context> in, Arity arity, Consumer<Args> action) {
        return new Directive<>(name, in, arity, Kind.SIMPLE, Slot.<@Nullable Void>own(null), action);
    }

    /// `on` or `off`.
    public static Directive<Boolean> flag(String name, Set<Context> in, boolean initial) {
        return one(name, in, 1, a -> a.flag(1), initial);
    }

    /// One word as it stands.
    public static Directive<@Nullable String> string(String name, Set<Context> in, @Nullable String initial) {
        return one(name, in, 1, a -> a.word(1), initial);
    }

    /// A whole number, 0 or more.
    public static Directive<Integer> number(String name, Set<Context> in, int initial) {
        return one(name, in, 1, a -> a.number(1), initial);
    }

    /// Bytes, with `k` or `m`.
    public static Directive<Long> size(String name, Set<Context> in, long initial) {
        return one(name, in, 1, a -> a.size(1), initial);
    }

    /// Bytes, with `k`, `m` or `g`.
    public static Directive<Long> offset(String name, Set<Context> in, long initial) {
        return one(name, in, 1, a -> a.offset(1), initial);
    }

    /// A time in milliseconds.
    public static Directive<Long> msec(String name, Set<Context> in, long initial) {
        return one(name, in, 1, a -> a.msec(1), initial);
    }

    /// A time in seconds.
    public static Directive<Long> sec(String name, Set<Context> in, long initial) {
        return one(name, in, 1, a -> a.sec(1), initial);
    }

    /// One of an enum's constants, written in lower case.
    public static <E extends Enum<E>> Directive<E> choice(String name, Set<Context> in, E initial) {
        return one(name, in, 1, a -> a.oneOf(1, initial.getDeclaringClass()), initial);
    }

    public static Directive<@Nullable Void> block(String name, Set<Context> in, Arity arity, Block block) {
        return new Directive<>(name, in, arity, Kind.BLOCK, Slot.<@Nullable Void>own(null), a -> block.read(a, a.scope()));
    }

    /// A block that is not made of directives: `reader` takes its lines with [Args#readLines] and makes one element of `slot`.
    public static <E> Directive<List<E>> rawBlock(String name, Set<Context> in, Arity arity, Slot<List<E>> slot, Reader<? extends E> reader) {
        return new Directive<>(name, in, arity, Kind.BLOCK, slot, append(slot, reader));
    }

    /// `name { Lua }`, once in a block with all other directives of its slot.
    public static <T extends @Nullable Object> Directive<T> luaBlock(String name, Set<Context> in, Slot<T> slot, Reader<? extends T> reader) {
        return new Directive<>(name, in, Arity.NONE, Kind.LUA_BLOCK, slot, once(slot, reader));
    }

    /// `name word… { Lua }`: each statement adds an element to `slot`.
    public static <E> Directive<List<E>> addLuaBlock(String name, Set<Context> in, Arity arity, Slot<List<E>> slot, Reader<? extends E> reader) {
        return new Directive<>(name, in, arity, Kind.LUA_BLOCK, slot, append(slot, reader));
    }

    /// The value as `scope` sees it.
    public T get(Scope scope) {
        return scope.get(slot);
    }

    private static <T extends @Nullable Object> Consumer<Args> once(Slot<T> slot, Reader<? extends T> reader) {
        return a -> {
            if (a.scope().has(slot)) throw a.wrong("is duplicate");
            a.scope().set(slot, reader.read(a));
        };
    }

    private static <E> Consumer<Args> append(Slot<List<E>> slot, Reader<? extends E> reader) {
        return a -> a.scope().add(slot, reader.read(a));
    }
}
