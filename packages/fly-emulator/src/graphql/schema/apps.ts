/** Apps, their services and images. */
export const APPS = /* GraphQL */ `
  enum PlatformVersionEnum {
    detached
    machines
    nomad
  }

  type AppConnection {
    nodes: [App]
    pageInfo: PageInfo!
    totalCount: Int!
  }

  interface AppRole {
    name: String!
  }

  type App {
    id: ID!
    internalNumericId: Int!
    name: String!
    hostname: String
    cnameTarget: String
    appUrl: String
    deployed: Boolean!
    status: String!
    version: Int!
    createdAt: ISO8601DateTime!
    platformVersion: PlatformVersionEnum
    network: String
    organization: Organization!
    role: AppRole
    config: AppConfig!
    currentRelease: Release
    currentReleaseUnprocessed: ReleaseUnprocessed
    releasesUnprocessed(
      after: String
      before: String
      first: Int
      last: Int
      status: String
    ): ReleaseUnprocessedConnection!
    services: [Service!]!
    secrets: [Secret!]!
    ipAddresses(after: String, before: String, first: Int, last: Int): IPAddressConnection!
    sharedIpAddress: String
    egressIpAddresses(after: String, before: String, first: Int, last: Int): EgressIPAddressConnection!
    imageDetails: ImageVersion
    image(ref: String!): Image
    machines(active: Boolean, after: String, before: String, first: Int, last: Int, version: Int): MachineConnection!
    limitedAccessTokens(after: String, before: String, first: Int, last: Int): LimitedAccessTokenConnection!
  }

  type Secret {
    id: ID!
    name: String!
    digest: String!
    createdAt: ISO8601DateTime!
  }

  type AppConfig {
    definition: JSON!
  }

  enum ServiceProtocolType {
    TCP
    UDP
  }

  enum ServiceHandlerType {
    EDGE_HTTP
    HTTP
    PG_TLS
    PROXY_PROTO
    TLS
  }

  type Service {
    description: String!
    protocol: ServiceProtocolType!
    internalPort: Int!
    ports: [ServicePort!]!
  }

  type ServicePort {
    port: Int
    startPort: Int
    endPort: Int
    handlers: [ServiceHandlerType!]!
  }

  type ImageVersion {
    registry: String!
    repository: String!
    tag: String!
    digest: String!
    version: String
  }

  type Image {
    id: ID!
    ref: String!
    digest: String!
    compressedSizeFull: BigInt!
    manifest: JSON!
  }
`;
