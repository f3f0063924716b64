namespace Orchestrator.Conformance.Model;

/// <summary>The engine did something that the model does not allow.</summary>
internal sealed class ModelMismatchException(string message) : Exception(message)
{
    public static void Unless(bool holds, string message)
    {
        if (!holds)
        {
            throw new ModelMismatchException(message);
        }
    }
}
