namespace Orchestrator.Containers.Leasing;

/// <summary>An instance that has a free slot, as a selection policy sees it.</summary>
/// <param name="Name">The instance's name.</param>
/// <param name="Leases">Leases that it serves now.</param>
/// <param name="SoftLimit">Leases from which it should be passed over while another is below.</param>
/// <param name="HardLimit">Leases that it never exceeds.</param>
/// <param name="Weight">Its share beside others, with its slow start counted in; above 0.</param>
public readonly record struct InstanceCandidate(string Name, int Leases, int SoftLimit, int HardLimit, double Weight);
