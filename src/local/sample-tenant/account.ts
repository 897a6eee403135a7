// An account of the sample tenant, with what a directory would say of it.

export interface Account {
  /** Object id; "" for a name that no account has. */
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly kind: "member" | "guest" | "service" | "unknown";
  /** Synchronised from an on-premises directory. */
  readonly synchronised: boolean;
  /** Directory roles that it holds. */
  readonly roles: readonly string[];
  /** Where a guest belongs. */
  readonly homeTenantId?: string;
}

export const unknownAccount = (name: string): Account => ({
  id: "",
  name,
  displayName: name,
  kind: "unknown",
  synchronised: false,
  roles: [],
});
