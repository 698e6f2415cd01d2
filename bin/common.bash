# What bin/nightjar, bin/resty and bin/prepare share. Sourced with $nj_home set: the directory that holds bin/ and target/.
# The environment belongs to the user (`env` directives read it), so globals here start with nj_.

nj_jar=$nj_home/target/nightjar.jar
nj_aot=$nj_home/target/nightjar.aot
nj_aot_for=$nj_home/target/nightjar.aot.for     # the JDK that nightjar.aot was made, or tried, for

# For servers and for the run that trains the AOT cache: such a cache serves only a JVM with the same collector.
nj_flags=(
    -XX:+UseSerialGC -Xms16m -Xmn12m -Xmx256m
    # Memory that the compilers have given back goes to the system.
    -XX:TrimNativeHeapInterval=10000
    # What the training run knows of hot methods would keep both cores compiling while the server starts.
    -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining -XX:-AOTReplayTraining
    # Reflection by the JVM's own code: the little there is of it is not worth classes made at every start.
    -Djdk.reflect.useNativeAccessorOnly=true
    -XX:-UsePerfData -XX:-CreateCoredumpOnCrash "-XX:ErrorFile=$nj_home/target/hs_err_%p.log"
    # A cache that does not fit is no news: the JVM starts without it.
    -Xlog:disable -Xlog:all=error:stderr '-Xlog:aot*=off:stderr' '-Xlog:cds*=off:stderr'
)

nj_complain() {
    printf 'nightjar: %s\n' "$@" >&2
}

# Sets nj_major to the Java version of the JDK in $1, empty if there is none.
nj_read_release() {
    local key value
    nj_major= nj_release=
    [[ -x $1/bin/java && -r $1/release ]] || return 0
    while IFS='=' read -r key value; do
        [[ $key == JAVA_VERSION ]] || continue
        nj_release=${value//\"/}
        nj_major=${nj_release%%[!0-9]*}
        return
    done < "$1/release"
}

# Sets nj_jdk (a directory) and nj_jdk_id; reads files only, since `java -version` takes longer than a whole `-V`.
nj_find_jdk() {
    nj_seek_jdk || return
    # Without Unsafe, Netty links C functions of its own to free buffers, which takes a tenth of a start. JDK 25 lets it.
    [[ $nj_jdk_id != *' 25'* ]] || nj_flags+=(--sun-misc-unsafe-memory-access=allow -Dio.netty.noUnsafe=false)
}

nj_seek_jdk() {
    local dir best=
    nj_jdk=
    if [[ -n ${NIGHTJAR_JAVA-} ]]; then
        nj_read_release "${NIGHTJAR_JAVA%/bin/java}"
        if (( ${nj_major:-0} < 25 )); then
            nj_complain "NIGHTJAR_JAVA is $NIGHTJAR_JAVA, which is not the directory of a JDK 25 or later"
            return 1
        fi
        nj_jdk=${NIGHTJAR_JAVA%/bin/java} nj_jdk_id="$nj_jdk $nj_release"
        return
    fi
    for dir in ${JAVA_HOME:+"$JAVA_HOME"} /usr/lib/jvm/* ${HOME:+"$HOME"/.sdkman/candidates/java/*}; do
        nj_read_release "$dir"
        (( ${nj_major:-0} >= 25 && nj_major < ${best:-1000} )) || continue
        best=$nj_major nj_jdk=$dir nj_jdk_id="$dir $nj_release"
        [[ $dir != "${JAVA_HOME-}" ]] || break
    done
    [[ -z $nj_jdk ]] || return 0
    nj_complain 'needs JDK 25 or later and found none in JAVA_HOME, /usr/lib/jvm or SDKMAN.' \
        'Install one, for example the package temurin-25-jdk of https://adoptium.net, openjdk-25-jdk' \
        'of newer Debians, or `sdk install java 25-tem`; elsewhere, set NIGHTJAR_JAVA to its directory.'
    return 1
}

# True if the jar is missing or older than what it is built from. A copy without sources is never stale.
nj_jar_is_stale() {
    [[ -e $nj_jar ]] || return 0
    [[ -z ${NIGHTJAR_NO_BUILD-} && -e $nj_home/pom.xml ]] || return 1
    [[ -n $(find "$nj_home/src/main" "$nj_home/pom.xml" -newer "$nj_jar" -print -quit) ]]
}

# True if no AOT cache was made, or tried, with this jar and this JDK.
nj_aot_is_stale() {
    local made_for=
    [[ $nj_aot_for -nt $nj_jar ]] && IFS= read -r made_for < "$nj_aot_for"
    [[ $made_for != "$nj_jdk_id" ]]
}

nj_luajit_path() {
    local file=libluajit64.so
    [[ $HOSTTYPE != aarch64 ]] || file=libluajitarm64.so
    nj_luajit=${NIGHTJAR_LUAJIT:-$nj_home/target/native/$file}
}

# Sets nj_command to the command line of a JVM with the options $@, without the program's own arguments; builds first what is
# missing or out of date.
nj_make_command() {
    nj_find_jdk || exit 1
    if nj_jar_is_stale || nj_aot_is_stale; then
        "$nj_home/bin/prepare" || exit 1
    fi
    nj_luajit_path
    nj_command=("$nj_jdk/bin/java" "${nj_flags[@]}")
    [[ ! -e $nj_aot ]] || nj_command+=("-XX:AOTCache=$nj_aot")
    # Unquoted: words.
    nj_command+=("-Dnightjar.home=$nj_home" "-Dnightjar.luajit=$nj_luajit" "-Djava.library.path=$nj_home/target/native" "$@" ${NIGHTJAR_JAVA_OPTS-} -jar "$nj_jar")
}

# Sets nj_env to arguments of env(1) that undo what bash does to the environment by itself.
nj_restore_environment() {
    local entry environment
    mapfile -d '' -t environment < "/proc/$$/environ"
    nj_env=(-u _ -u PWD -u OLDPWD -u SHLVL)
    for entry in "${environment[@]}"; do
        [[ $entry != @(_|PWD|OLDPWD|SHLVL)=* ]] || nj_env+=("$entry")
    done
}
