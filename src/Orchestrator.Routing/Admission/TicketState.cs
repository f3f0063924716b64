namespace Orchestrator.Routing.Admission;

/// <summary>Where a ticket stands.</summary>
internal enum TicketState
{
    /// <summary>Nobody holds it.</summary>
    Free = 0,

    /// <summary>An attempt holds it.</summary>
    Active,

    /// <summary>Its time was over and everything was given back; what was spent can still be booked.</summary>
    Expired,

    /// <summary>Somebody changes it at this moment.</summary>
    Busy,
}
