import { describeConformance } from '@sindri/testkit';
import { createFlySubject } from './support/conformance-subject';

describeConformance(createFlySubject(), { describe, test });
