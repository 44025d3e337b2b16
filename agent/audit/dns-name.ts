/** A name of a namespace (RFC 1123 label). */
export function isDnsLabel(name: string): boolean {
  return name.length <= 63 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(name);
}

/** A name of an API group (RFC 1123 subdomain, apimachinery: pkg/util/validation). */
export function isDnsSubdomain(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(name);
}
