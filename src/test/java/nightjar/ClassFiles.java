package nightjar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.MethodTypeEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What compiled classes refer to, read from their bytecode.
final class ClassFiles {
    private static final Pattern CLASS_NAME = Pattern.compile("L([\\w/$-]+);");

    private ClassFiles() {}

    /// Every class of the program, without its tests.
    static List<ClassModel> ofProgram() {
        Path root;
        try {
            root = Path.of(CommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        try (var files = Files.walk(root)) {
            return files.filter(f -> f.toString().endsWith(".class")).map(ClassFiles::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One class that is loaded.
    static ClassModel of(Class<?> type) {
        try (var in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
            return ClassFile.of().parse(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ClassModel parse(Path file) {
        try {
            return ClassFile.of().parse(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The class's own name, with dots.
    static String name(ClassModel c) {
        return dotted(c.thisClass().asInternalName());
    }

    /// The package of a class name, both with dots.
    static String packageOf(String className) {
        int dot = className.lastIndexOf('.');
        return dot < 0 ? "" : className.substring(0, dot);
    }

    /// All classes named in code, fields, methods and headers, with dots.
    static Set<String> used(ClassModel c) {
        var names = new TreeSet<String>();
        for (PoolEntry entry : c.constantPool()) {
            switch (entry) {
                case ClassEntry e when !e.asInternalName().startsWith("[") -> names.add(dotted(e.asInternalName()));
                case ClassEntry e -> addAll(names, e.asInternalName());
                case NameAndTypeEntry e -> addAll(names, e.type().stringValue());
                case MethodTypeEntry e -> addAll(names, e.descriptor().stringValue());
                default -> { }
            }
        }
        c.fields().forEach(f -> addAll(names, f.fieldType().stringValue()));
        c.methods().forEach(m -> addAll(names, m.methodType().stringValue()));
        return names;
    }

    /// All methods called or taken as a handle, as `java.lang.String.trim()Ljava/lang/String;`.
    static Set<String> calls(ClassModel c) {
        var calls = new TreeSet<String>();
        for (PoolEntry entry : c.constantPool()) {
            if (entry instanceof MemberRefEntry e) {
                calls.add(dotted(e.owner().asInternalName()) + "." + e.name().stringValue() + e.type().stringValue());
            }
        }
        return calls;
    }

    private static void addAll(Set<String> names, String descriptor) {
        var matcher = CLASS_NAME.matcher(descriptor);
        while (matcher.find()) names.add(dotted(matcher.group(1)));
    }

    private static String dotted(String internalName) {
        return internalName.replace('/', '.');
    }
}
