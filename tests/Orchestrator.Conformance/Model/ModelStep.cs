using System.Globalization;

namespace Orchestrator.Conformance.Model;

/// <summary>One step of a random program. Its numbers pick from what there is when it runs, so that a program makes sense with any of its steps left out.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Seed">Picks the rest.</param>
internal readonly record struct ModelStep(ModelStepKind Kind, int Seed)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind}.{Seed}");

    public static ModelStep Parse(string text)
    {
        var parts = text.Split('.');
        return new ModelStep(Enum.Parse<ModelStepKind>(parts[0]), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
