#pragma once

// Docker's texts, which people search for.
namespace buoy::swarm {

inline constexpr char kNotInSwarm[] =
    "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to "
    "connect this node to swarm and try again.";
inline constexpr char kNotPartOfSwarm[] = "This node is not part of a swarm";
inline constexpr char kAlreadyInSwarm[] =
    "This node is already part of a swarm. Use \"docker swarm leave\" to leave this swarm and join "
    "another one.";
inline constexpr char kLocked[] =
    "Swarm is encrypted and needs to be unlocked before it can be used. Please use \"docker swarm "
    "unlock\" to unlock it.";
inline constexpr char kLeaveLocked[] =
    "Swarm is encrypted and locked. Please unlock it first or use `--force` to ignore this "
    "message.";
inline constexpr char kLeaveLastManager[] =
    "You are attempting to leave the swarm on a node that is participating as a manager. Removing "
    "the last manager erases all current state of the swarm. Use `--force` to ignore this "
    "message. ";
inline constexpr char kLeaveInactiveManager[] =
    "You are attempting to leave the swarm on a node that is participating as a manager. Doing so "
    "may lose the consensus of your cluster. The only way to restore a swarm that has lost "
    "consensus is to reinitialize it with `--force-new-cluster`. Use `--force` to suppress this "
    "message.";
inline constexpr char kPreparing[] =
    "This node is not a swarm manager. Manager is being prepared or has trouble connecting to the "
    "cluster.";
inline constexpr char kWorkerRefuses[] =
    "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. "
    "Please run this command on a manager node or promote the current node to a manager.";
inline constexpr char kCertificatesExpired[] =
    "Swarm certificates have expired. To replace them, leave the swarm and join again.";
inline constexpr char kJoinTimeout[] =
    "Timeout was reached before node joined. The attempt to join the swarm will continue in the "
    "background. Use the \"docker info\" command to see the current swarm status of your node.";
inline constexpr char kInvalidUnlockKey[] = "swarm could not be unlocked: invalid key provided";
inline constexpr char kNotLocked[] = "swarm is not locked";
inline constexpr char kLiveRestore[] =
    "--live-restore daemon configuration is incompatible with swarm mode";

}  // namespace buoy::swarm
