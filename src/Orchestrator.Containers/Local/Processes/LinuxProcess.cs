using System.Globalization;

namespace Orchestrator.Containers.Local.Processes;

/// <summary>A process as <c>/proc/…/stat</c> describes it.</summary>
internal readonly record struct LinuxProcess(int Id, char State, int ParentId, int SessionId, long StartTime, long Ticks, long ResidentPages)
{
    // Places after the name in the line.
    private const int StateField = 0;
    private const int ParentField = 1;
    private const int SessionField = 3;
    private const int FirstTimeField = 11;
    private const int TimeFields = 4;
    private const int StartTimeField = 19;
    private const int ResidentField = 21;

    /// <summary>Whether it has ended and only waits for its parent.</summary>
    public bool HasEnded => State is 'Z' or 'X';

    public bool IsStopped => State is 'T' or 't';

    /// <summary>Reads a process; <see langword="null"/> when there is none.</summary>
    public static LinuxProcess? Read(int id)
    {
        try
        {
            return Parse(id, File.ReadAllText($"/proc/{id}/stat"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads a line; <see langword="null"/> when it is none.</summary>
    public static LinuxProcess? Parse(int id, string line)
    {
        // The name, in brackets, may hold anything, brackets and spaces too.
        var fields = line[(line.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length <= ResidentField)
        {
            return null;
        }

        var ticks = fields.AsSpan(FirstTimeField, TimeFields);
        return new LinuxProcess(
            id,
            fields[StateField][0],
            (int)Number(fields[ParentField]),
            (int)Number(fields[SessionField]),
            Number(fields[StartTimeField]),
            Number(ticks[0]) + Number(ticks[1]) + Number(ticks[2]) + Number(ticks[3]),
            Number(fields[ResidentField]));
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
