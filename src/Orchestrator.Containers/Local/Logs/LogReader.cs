using Orchestrator.Containers.Output;

namespace Orchestrator.Containers.Local.Logs;

/// <summary>Reads one of an instance's two logs, what is there first and then what comes.</summary>
internal sealed class LogReader : IDisposable
{
    private readonly FileStream _file;
    private readonly bool _isError;
    private readonly long _maxBytes;
    private LineCutter _cutter = new();
    private long _position;

    public LogReader(string path, bool isError, long maxBytes) => (_file, _isError, _maxBytes) = (LogFile.Open(path), isError, maxBytes);

    /// <summary>The lines that were completed since the last call.</summary>
    public List<LogLine> ReadNext()
    {
        var before = _position;
        var bytes = LogFile.Read(_file, ref _position, _maxBytes).AsSpan();
        var start = _position - bytes.Length;

        // What was freed reads as zeros. The first line after that, or after what was skipped, has lost its beginning.
        var freed = bytes is [0, ..] ? bytes.IndexOfAnyExcept((byte)0) : 0;
        if (freed != 0 || start > before)
        {
            bytes = freed < 0 ? [] : bytes[freed..];
            bytes = bytes[(bytes.IndexOf((byte)'\n') + 1)..];
            _cutter = new LineCutter(_position - bytes.Length);
        }
        else if (start < before)
        {
            _cutter = new LineCutter(start); // It started over.
        }

        return _cutter.Add(bytes).ConvertAll(line => new LogLine(line.Text, _isError, line.End));
    }

    /// <summary>The last line, when it has no end.</summary>
    public LogLine? Finish() => _cutter.Finish() is { } last ? new LogLine(last, _isError, _position) : null;

    public void Dispose() => _file.Dispose();
}

/// <summary>A line of a log, and where it ends in it.</summary>
internal sealed record LogLine(string Text, bool IsError, long End)
{
    public ContainerOutput ToOutput() => new(Text, IsError);
}
