//! The store's contract, run against SQLite. The functions of `suite` know no engine: another engine runs the same
//! list with its own `Place`. What only SQLite has to show is in `sqlite`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this crate is tests"
)]

mod sqlite;
mod suite;

use suite::place::Place;

macro_rules! contract {
    ($($file:ident: $($name:ident),+;)+) => {
        $($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                suite::$file::$name(&Place::sqlite()).await;
            }
        )+)+
    };
}

contract! {
    steps: every_row_of_a_step_comes_back, second_insert_conflicts, stale_version_conflicts_and_writes_nothing,
        first_key_conflicts_across_ids, untouched_case_writes_the_rest, a_step_of_two_participants_is_refused,
        list_cases_filters_and_pages, reschedule_and_finish_effects, what_a_participant_has_still_to_do_is_found, case_without_its_evidence_has_no_digest,
        a_case_goes_and_its_evidence_stays,
        cases_are_counted_by_kind_and_phase, waiting_cases_say_since_when;
    groups: concurrent_steps_share_commits, one_winner_among_rivals, event_numbers_have_no_gaps,
        a_bad_step_does_not_harm_its_group, a_used_token_is_answered_from_the_store,
        a_token_of_a_lost_step_is_not_used, pruning_keeps_numbers_going;
    own: participants_are_unique, keys_are_sealed_rotated_and_revoked, a_lost_signing_key_signs_no_more_and_another_does, secrets_keep_their_first_value,
        secrets_of_a_participant_come_and_go, peers_come_and_go, policies_in_use_stay, documents_and_their_contents, documents_under_agreement_stay,
        access_records_come_back, nothing_of_another_participant_is_seen;
    agreements: agreements_with_a_peer_come_newest_first, an_agreement_is_retired_once_and_reactivated_once,
        cases_under_an_agreement_are_found_by_their_state;
    assets: an_asset_comes_back_whole, only_assets_with_content_are_documents, assets_under_negotiation_stay,
        places_go_forth_and_back, keys_find_their_assets, keys_follow_their_asset, keys_are_made_anew;
    callbacks: an_address_is_told_of_its_case_from_where_it_was, effects_wait_for_a_transactional_address_only,
        pruning_leaves_what_is_still_to_be_told;
    catalogue: pages_go_forth_and_back, many_definitions_give_the_same_pages, index_follows_its_owners,
        every_write_of_policies_and_definitions_is_counted, a_place_is_found_however_many_definitions_there_are,
        every_write_of_offers_is_counted;
    logs: an_entry_has_its_position_and_is_written_once, entries_share_the_fate_of_their_step, one_checkpoint_follows_another_once,
        log_keys_are_sealed, keys_of_a_witnessed_log_are_replaced_unless_somebody_was_quicker, logs_get_fresh_keys_together_and_lost_ones_sign_no_more, a_body_that_is_not_open_is_not_shown,
        staged_entries_count_once_a_checkpoint_covers_them, what_is_staged_is_dropped_some_rows_at_a_time,
        places_of_a_log_are_kept_over_a_restart_and_go_with_it,
        long_leaves_are_read_fewer_at_a_time,
        stamps_are_kept_by_size_and_the_first_of_one_stands, numbers_rise_by_name,
        a_mirror_publishes_with_what_is_verified_until_it_is_caught_and_leaves_nothing_when_removed, an_alarm_is_kept_once_and_counted_until_it_is_cleared,
        tiles_are_written_once_and_stay_below_their_log,
        tiles_in_object_storage_are_as_those_in_the_folder,
        what_was_taken_back_is_the_logs_own_again, a_log_ends_and_another_begins_with_one_write, a_held_log_may_go_on_as_it_is;
    views: a_version_takes_the_place_of_the_one_before, a_fold_goes_on_from_where_the_views_are,
        a_body_that_comes_late_is_folded_later, what_is_withdrawn_is_not_found_and_its_row_says_why,
        a_purge_takes_the_text_and_the_body, what_is_said_about_a_record_is_found_under_it,
        a_search_has_all_groups_and_one_of_each, pages_of_a_search_hold_each_record_once, counts_end_at_their_bound,
        links_go_both_ways_page_by_page, views_made_again_are_the_same,
        what_was_issued_anew_takes_the_place_of_what_was_before_in_any_order,
        the_digest_covers_every_column, what_records_say_in_federations_is_a_view_and_what_was_folded_is_none;
}
