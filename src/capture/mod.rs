//! pcap, pcapng → Packet.
