//! maas
