namespace Orchestrator.Storage;

/// <summary>How large a table is, as far as that can be told without reading it.</summary>
/// <param name="Table">Its name.</param>
/// <param name="Rows">About how many rows it has: never far too few, but too many when rows were deleted from its middle; <see langword="null"/> when not known.</param>
/// <param name="Bytes">Its size with its indexes, in bytes; <see langword="null"/> when not known.</param>
public sealed record TableSize(string Table, long? Rows, long? Bytes);
