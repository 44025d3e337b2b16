/** Loki's rules for tenants (dskit tenant.ValidTenantID, pkg/tenant/tenant.go). */
export const TENANT: RegExp = /^(?!\.{1,2}$)[A-Za-z0-9!\-_.*'()]{1,150}$/;

export function isTenant(text: string): boolean {
  return TENANT.test(text);
}
