/** Forms of text that give away who someone is or let someone in: what redaction can look for. */
export const SHAPES = ['email', 'card', 'jwt', 'bearer', 'aws_access_key', 'private_key', 'ipv4', 'ipv6'] as const;
export type Shape = (typeof SHAPES)[number];

/** How many texts of each shape were replaced, and of what each pattern finds, by its name. */
export type Redactions = Record<Shape, number> & Record<string, number>;
