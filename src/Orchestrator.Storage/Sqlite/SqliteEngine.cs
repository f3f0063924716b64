using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Orchestrator.Storage.Sqlite;

/// <summary>The SQLite library of this process: the bundled one, or one that an option names. The first database decides.</summary>
internal static class SqliteEngine
{
    private const string Bundled = "e_sqlite3";

    // 3.35.0: the first with RETURNING.
    private const int MinVersion = 3_035_000;

    private static readonly Lock Gate = new(); // guards all below
    private static string? _library;
    private static bool _started;

    /// <summary>The version in use.</summary>
    public static string Version { get; private set; } = "";

    /// <summary>Loads the library, once a process.</summary>
    /// <param name="library">A path or name; <see langword="null"/> for the bundled one, or whichever is in use.</param>
    /// <exception cref="StorageException">It cannot be used, or another one is in use already.</exception>
    public static void Start(string? library)
    {
        lock (Gate)
        {
            if (_started && library is not null && library != _library)
            {
                throw Unusable(library, $"this process already uses {_library ?? "the bundled one"} ({Version}). One process has one SQLite: give every database the same NativeLibrary.");
            }

            if (!_started)
            {
                if (library is not null)
                {
                    Replace(library);
                }

                Batteries_V2.Init();

                // Statistics of memory that nobody reads cost a mutex with every allocation. Refused, without harm, when the process used SQLite before.
                _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
                Version = raw.sqlite3_libversion().utf8_to_string();
                (_library, _started) = (library, true);
            }
        }
    }

    private static void Replace(string library)
    {
        // A library that was called before stays in use for the functions that were called: two would work on one file without knowing of each other.
        using (var process = Process.GetCurrentProcess())
        {
            if (process.Modules.Cast<ProcessModule>().Any(module => module.ModuleName.Contains(Bundled, StringComparison.OrdinalIgnoreCase)))
            {
                throw Unusable(library, "this process already uses the bundled one. Make the first database before anything else uses SQLite.");
            }
        }

        if (!NativeLibrary.TryLoad(library, Assembly.GetExecutingAssembly(), searchPath: null, out var handle))
        {
            throw Unusable(library, "it cannot be loaded. Name a file, or a library that the system finds, such as libsqlite3.so.0.");
        }

        if (!NativeLibrary.TryGetExport(handle, "sqlite3_libversion_number", out var version))
        {
            throw Unusable(library, "it is no SQLite.");
        }

        if (Marshal.GetDelegateForFunctionPointer<VersionNumber>(version)() is var number && number < MinVersion)
        {
            throw Unusable(library, $"its version number {number} is older than {MinVersion}.");
        }

        try
        {
            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, (name, _, _) => name == Bundled ? handle : 0);
        }
        catch (InvalidOperationException error)
        {
            throw Unusable(library, "another part of this process has replaced the bundled one.", error);
        }
    }

    private static StorageException Unusable(string library, string why, Exception? inner = null) =>
        new(StorageErrorCodes.NativeLibrary, $"The SQLite library '{library}' cannot be used: {why}", inner);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int VersionNumber();
}
