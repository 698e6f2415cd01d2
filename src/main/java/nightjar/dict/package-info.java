/// Shared dicts: a store of keys and values outside the Java heap, for all workers. It knows no Lua.
///
/// [SharedDict] has the operations; [Slab] gives out its memory as nginx's allocator does, [Index] finds entries, [Lru]
/// has them in the order of their use, [Touches] carries what was only read to it. [DictFile] keeps a dict in a file.
@NullMarked
package nightjar.dict;

import org.jspecify.annotations.NullMarked;
