/** Peers of the private network, and SSH certificates. */
export const PRIVATE_NETWORK = /* GraphQL */ `
  type WireGuardPeerConnection {
    nodes: [WireGuardPeer]
  }

  type WireGuardPeer {
    id: ID!
    name: String!
    network: String
    peerip: String!
    pubkey: String!
    region: String!
  }

  type LoggedCertificateConnection {
    nodes: [LoggedCertificate]
  }

  type LoggedCertificate {
    root: Boolean!
    cert: String!
  }

  input AddWireGuardPeerInput {
    clientMutationId: String
    ephemeral: Boolean
    gwname: String
    name: String!
    nats: Boolean
    network: String
    organizationId: ID!
    pubkey: String!
    region: String
  }

  type AddWireGuardPeerPayload {
    clientMutationId: String
    endpointip: String!
    network: String
    peerip: String!
    pubkey: String!
  }

  input RemoveWireGuardPeerInput {
    clientMutationId: String
    name: String!
    nats: Boolean
    organizationId: ID!
  }

  type RemoveWireGuardPeerPayload {
    clientMutationId: String
    organization: Organization!
  }

  input ValidateWireGuardPeersInput {
    clientMutationId: String
    peerIps: [String!]!
  }

  type ValidateWireGuardPeersPayload {
    clientMutationId: String
    invalidPeerIps: [String!]!
    validPeerIps: [String!]!
  }

  input IssueCertificateInput {
    appNames: [String!]
    clientMutationId: String
    organizationId: ID!
    principals: [String!]
    publicKey: String
    validHours: Int
  }

  type IssueCertificatePayload {
    certificate: String!
    clientMutationId: String
    key: String
  }
`;
