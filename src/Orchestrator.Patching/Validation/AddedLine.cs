namespace Orchestrator.Patching;

/// <summary>A line that a patch adds or changes.</summary>
/// <param name="Number">Its number in the file after, counted from 1.</param>
/// <param name="Text">Its bytes with the line end.</param>
public readonly record struct AddedLine(int Number, PatchContent Text);
