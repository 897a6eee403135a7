/** A role that an adapter cannot do without. The deployment's role assignments are tested against these. */
export interface Role {
  readonly role: string;
  /** Of the role's definition, the same in every tenant and cloud. */
  readonly id: string;
  readonly scope: "workspace" | "storage" | "container" | "telemetry";
  /** What the adapter does with it. */
  readonly for: string;
}
