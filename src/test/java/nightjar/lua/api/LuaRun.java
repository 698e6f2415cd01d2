package nightjar.lua.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nightjar.core.Bytes;
import nightjar.core.Clock;
import nightjar.core.Mem;
import nightjar.lua.LuaVm;
import nightjar.lua.LuaWorker;
import nightjar.luajit.Ffi;

/// A VM with the whole API over a [CannedRequest], for tests.
final class LuaRun implements AutoCloseable {
    private final List<String> out = new ArrayList<>();
    private final List<String> alerts = new ArrayList<>();
    private final LuaWorker worker = new LuaWorker(Map.of(), Runnable::run, alerts::add);
    private final Path dir;
    private final LuaVm vm;
    private int chunks;
    final CannedRequest request;

    LuaRun() {
        try {
            dir = Files.createTempDirectory("luarun");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var result = new LuaResult(worker.border().result());
        Apis.addWithoutRequest(worker, result, new Clock());
        request = new CannedRequest(result);
        worker.add(MethodHandles.lookup(), request);
        worker.add(MethodHandles.lookup(), this);
        vm = new LuaVm(worker, new LuaVm.Options(dir + "/?.lua;;", null, 1L << 30, 8));
        run("""
                local ffi = require "ffi"
                local border = require("nightjar.coroutines").border
                function with_request(yes)
                    border.request = yes and ffi.C.t_request() or nil
                end
                with_request(true)
                function out(...)
                    for i = 1, select("#", ...) do
                        local s = tostring((select(i, ...)))
                        ffi.C.t_out(s, #s)
                    end
                end
                """);
        vm.require("nightjar.ngx");
        vm.require("resty.core");
    }

    @Ffi("t_out")
    void out(long s, int n) {
        out.add(Mem.string(s, n));
    }

    @Ffi(value = "t_request", returns = "void *")
    long request() {
        return request.struct;
    }

    /// Runs a chunk; what it gave to `out`, one item an argument.
    List<String> run(String lua) {
        out.clear();
        var name = "chunk" + chunks++;
        var file = dir.resolve(name + ".lua");
        try {
            Files.write(file, Bytes.of(lua));
            try {
                vm.require(name);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(out);
    }

    List<String> alerts() {
        return alerts;
    }

    @Override
    public void close() {
        vm.close();
        worker.close();
        try {
            Files.delete(dir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
