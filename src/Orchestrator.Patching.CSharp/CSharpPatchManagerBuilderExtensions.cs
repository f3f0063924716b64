using Orchestrator.Patching;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the check of C# to the patch manager.</summary>
public static class CSharpPatchManagerBuilderExtensions
{
    /// <summary>Refuses patches that would break the syntax of a C# file. Calling it twice is the same as calling it once.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IPatchManagerBuilder AddCSharpSyntaxCheck(this IPatchManagerBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddValidator<CSharpSyntaxValidator>();
    }
}
