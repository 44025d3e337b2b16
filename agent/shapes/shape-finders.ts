import type { Shape } from '../model/shape.ts';
import { findAwsAccessKey } from './find-aws-access-key.ts';
import { findBearer } from './find-bearer.ts';
import { findCard } from './find-card.ts';
import { findEmail } from './find-email.ts';
import { findIpv4 } from './find-ipv4.ts';
import { findIpv6 } from './find-ipv6.ts';
import { findJwt } from './find-jwt.ts';
import { findPrivateKey } from './find-private-key.ts';
import type { FindShape } from './find-shape.ts';

/** How each shape is found. */
export const SHAPE_FINDERS: Readonly<Record<Shape, FindShape>> = {
  email: findEmail,
  card: findCard,
  jwt: findJwt,
  bearer: findBearer,
  aws_access_key: findAwsAccessKey,
  private_key: findPrivateKey,
  ipv4: findIpv4,
  ipv6: findIpv6,
};
